import type {
  Compile,
  ColumnProfile,
  Data,
  Fit,
  JsonValue,
  ProblemError,
  Shape,
  TensorSpec,
} from '@epochal/contracts';
import type { ModelDetails } from '../description/describe-model.js';
import { checkFit } from './check-fit.js';
import { checkTargets } from './check-targets.js';
import { checkInputWidth, checkTensors, rowSize, type CheckedTensor } from './check-tensors.js';
import { DataProblems } from './data-problems.js';
import { readCompile, type CompileReading } from './read-compile.js';

/** The parts of a fit request that depend on the model and the dataset. */
export interface TrainingRequest {
  readonly data: Data;
  readonly compile: Compile;
  readonly fit: Pick<Fit, 'sample_weight' | 'class_weight'>;
}

/** Targets have their output's shape, or one class index for each prediction. */
const targetShape = (targets: readonly CheckedTensor[], { name, shape }: TensorSpec): Shape | undefined => {
  const width = targets.find((tensor) => tensor.name === name)?.width;
  if (width === undefined || width === rowSize(shape)) return width === undefined ? undefined : shape;
  return [null, width];
};

/** Reads `compile` for a model, with the targets' shapes where the data gives them. */
const compileFor = (
  model: ModelDetails,
  compile: Compile,
  targets: readonly CheckedTensor[],
): CompileReading =>
  readCompile(
    compile,
    model.outputs.map((spec) => ({ ...spec, targetShape: targetShape(targets, spec) })),
  );

/**
 * Checks a fit request against its model and dataset, as far as it can be known without running it: every loss, metric and
 * optimizer exists and has a right config, each output has its own, the columns are there, can be encoded, and are as many
 * numbers as the model's inputs and outputs take.
 * @param columns the dataset's columns
 * @param submitted `data` as it was sent, so that pointers fit its short forms
 * @returns what is wrong, by pointers below `/compile`, `/data` and `/fit`; nothing when the request is right
 */
export const validateTraining = (
  model: ModelDetails,
  { data, compile, fit }: TrainingRequest,
  columns: readonly ColumnProfile[],
  submitted?: JsonValue,
): ProblemError[] => {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const problems = new DataProblems(['data'], submitted);
  const inputs = checkTensors(data.x, model.inputs, byName, 'x', problems);
  const targets = checkTensors(data.y, model.outputs, byName, 'y', problems);
  const compiled = compileFor(model, compile, targets);
  for (const tensor of inputs) {
    checkInputWidth(
      tensor,
      model.inputs.find(({ name }) => name === tensor.name)!,
      problems,
    );
  }
  for (const tensor of targets) {
    const index = model.outputs.findIndex(({ name }) => name === tensor.name);
    checkTargets(tensor, model.outputs[index]!, compiled.outputs[index], byName, problems);
  }
  return [...compiled.problems, ...problems.list, ...checkFit(fit, model.outputs, byName)];
};
