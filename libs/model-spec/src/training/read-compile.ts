import {
  jsonPointer,
  type Compile,
  type KerasObject,
  type ProblemError,
  type Shape,
} from '@epochal/contracts';
import type { ResolvedObject } from '../catalogue/component-definition.js';
import type { OutputContext } from '../catalogue/output-context.js';
import { resolveLoss } from '../losses/index.js';
import { resolveMetric } from '../metrics/index.js';
import { resolveOptimizer } from '../optimizers/index.js';
import { byOutput, type Entry } from './by-output.js';
import { resolveEntry } from './resolve-entry.js';

type Path = readonly (string | number)[];

/** An output that is trained: its name, its shape and that of its targets where it is known, each with the batch. */
export interface TrainedOutput {
  readonly name: string;
  readonly shape: Shape;
  readonly targetShape?: Shape | undefined;
}

/** What `Model.compile` makes of its arguments for one output. */
export interface CompiledOutput {
  readonly name: string;
  readonly loss: ResolvedObject | null;
  readonly lossPath: Path | null;
  readonly lossWeight: number | null;
  readonly metrics: readonly ResolvedObject[];
  readonly weightedMetrics: readonly ResolvedObject[];
}

export interface CompileReading {
  /** Null when it is wrong. */
  readonly optimizer: ResolvedObject | null;
  readonly outputs: readonly CompiledOutput[];
  readonly problems: readonly ProblemError[];
}

const isKerasObject = (loss: Compile['loss']): loss is KerasObject =>
  typeof loss === 'string' || (!Array.isArray(loss) && typeof loss.class_name === 'string');

const lossesByOutput = (
  loss: Compile['loss'],
  names: readonly string[],
  path: Path,
  problems: ProblemError[],
): (Entry<KerasObject | null> | undefined)[] => {
  if (isKerasObject(loss)) return names.map(() => ({ value: loss, path }));
  if (!Array.isArray(loss)) {
    for (const name of names) {
      if (Object.hasOwn(loss, name)) continue;
      problems.push({
        pointer: jsonPointer(path),
        message: `loss has no entry for the output ${name}`,
        expected: `a loss for ${name}, or null when it is not to be trained`,
        received: `losses for ${Object.keys(loss).join(', ') || 'nothing'}`,
      });
    }
  }
  return byOutput(loss, names, path, problems);
};

const weightsByOutput = (
  weights: Compile['loss_weights'],
  names: readonly string[],
  path: Path,
  problems: ProblemError[],
): (number | null)[] => {
  if (weights === undefined || weights === null) return names.map(() => null);
  if (typeof weights === 'number') return names.map(() => weights);
  return byOutput(weights, names, path, problems).map((entry) => entry?.value ?? null);
};

/** With one output every metric is of that output, however nested they are. */
const metricsByOutput = (
  metrics: Compile['metrics'],
  names: readonly string[],
  path: Path,
  problems: ProblemError[],
): Entry<KerasObject>[][] => {
  if (metrics === undefined || (Array.isArray(metrics) && metrics.length === 0)) return names.map(() => []);
  const flatten = ({ value, path: at }: Entry<KerasObject | KerasObject[]>): Entry<KerasObject>[] =>
    Array.isArray(value)
      ? value.map((item, index) => ({ value: item, path: [...at, index] }))
      : [{ value, path: at }];
  if (names.length === 1 && Array.isArray(metrics)) {
    return [metrics.flatMap((value, index) => flatten({ value, path: [...path, index] }))];
  }
  return byOutput(metrics, names, path, problems).map((entry) => (entry === undefined ? [] : flatten(entry)));
};

/**
 * Reads the arguments of `Model.compile` for a model with these outputs, by Keras's rules (keras.src.trainers.compile_utils):
 * which loss, weight and metrics each output has, every class known and every config complete.
 * @param path where the arguments stand, for the pointers of the problems
 */
export const readCompile = (
  compile: Compile,
  outputs: readonly TrainedOutput[],
  path: Path = ['compile'],
): CompileReading => {
  const problems: ProblemError[] = [];
  const names = outputs.map(({ name }) => name);
  const optimizer = resolveEntry(compile.optimizer, [...path, 'optimizer'], problems, (input) =>
    resolveOptimizer(input),
  );
  const before = problems.length;
  const losses = lossesByOutput(compile.loss, names, [...path, 'loss'], problems);
  const isSpread = problems.length === before;
  const weights = weightsByOutput(compile.loss_weights, names, [...path, 'loss_weights'], problems);
  const metrics = metricsByOutput(compile.metrics, names, [...path, 'metrics'], problems);
  const weighted = metricsByOutput(compile.weighted_metrics, names, [...path, 'weighted_metrics'], problems);
  const isGiven = losses.some((entry) => entry !== undefined && entry.value !== null);
  if (!isGiven && isSpread) {
    problems.push({
      pointer: jsonPointer([...path, 'loss']),
      message: 'No output has a loss: there is nothing to train',
      expected: `a loss for at least one of ${names.join(', ')}`,
    });
  }
  const read = outputs.map(({ name, shape, targetShape }, index): CompiledOutput => {
    const given = losses[index];
    const output: OutputContext = { outputShape: shape, targetShape };
    const loss =
      given === undefined || given.value === null
        ? null
        : resolveEntry(given.value, given.path, problems, (input) => resolveLoss(input, 'loss', output));
    const context = { ...output, lossClassName: loss?.class_name };
    const resolveAll = (entries: readonly Entry<KerasObject>[]): ResolvedObject[] =>
      entries.flatMap(
        (entry) =>
          resolveEntry(entry.value, entry.path, problems, (input) => resolveMetric(input, context)) ?? [],
      );
    return {
      name,
      loss,
      lossPath: given?.path ?? null,
      lossWeight: weights[index]!,
      metrics: resolveAll(metrics[index]!),
      weightedMetrics: resolveAll(weighted[index]!),
    };
  });
  // One loss for all outputs is read once for each, and so is what is wrong with it.
  const unique = new Map(problems.map((problem) => [`${problem.pointer} ${problem.message}`, problem]));
  return { optimizer, outputs: read, problems: [...unique.values()] };
};
