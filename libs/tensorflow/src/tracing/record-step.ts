import * as tf from '@tensorflow/tfjs-core';
import { UntraceableError } from '../errors.js';
import { DataTypeNumber, nativeBackend } from '../native/backend.js';
import type { StepFunction, TensorSpec } from '../program/contract.js';
import { firstDifference } from './difference.js';
import { Recorder } from './recorder.js';
import type { RecordedOutput, Recording, Value } from './recording.js';
import { withoutMathRandom } from './refusals.js';
import { nativeId, snapshotVariables, withOwnId } from './variables.js';

/**
 * Records the operations of a step by running it eagerly, on zeros where a spec is not a tensor itself. It is run twice: a step that does something else the second
 * time (a count of its own, a clock) is refused. The variables keep their values.
 * @throws {UntraceableError}
 */
export function recordStep(
  step: StepFunction,
  variables: readonly tf.Variable[],
  inputs: readonly TensorSpec[],
): Recording {
  const first = recordOnce(step, variables, inputs);
  const difference = firstDifference(first, recordOnce(step, variables, inputs));
  if (difference !== undefined) {
    throw new UntraceableError(
      `it did something else the second time it ran: ${difference}. What changes from step to step must be an input or a variable.`,
    );
  }
  return first;
}

function recordOnce(
  step: StepFunction,
  variables: readonly tf.Variable[],
  specs: readonly TensorSpec[],
): Recording {
  const backend = nativeBackend();
  const snapshot = snapshotVariables();
  const native = backend.binding;
  tf.engine().startScope('record a step');
  try {
    const origins = new Map<number, Value>();
    variables.forEach((variable, index) => {
      variable.assign(withOwnId(variable));
      origins.set(nativeId(variable), { from: 'variable', index });
    });
    const inputs = specs.map((spec, index) => {
      const input = withOwnId(exampleOf(spec));
      origins.set(nativeId(input), { from: 'input', index });
      return input;
    });
    const others = snapshot.variables
      .map(({ variable }) => variable)
      .filter((one) => !variables.includes(one));
    const foreign = new Map(others.map((variable) => [nativeId(variable), variable.name]));
    const recorder = new Recorder(native, origins, foreign);
    backend.binding = recorder.binding();
    const outputs = runStep(step, inputs, recorder);
    refuseForeignChanges(recorder, others, variables);
    return {
      operations: recorder.operations,
      outputs: outputs.map((output) => recordOutput(output, recorder)),
      assignments: findAssignments(variables, recorder),
    };
  } finally {
    backend.binding = native;
    tf.engine().endScope();
    snapshot.restore();
  }
}

function exampleOf(spec: TensorSpec): tf.Tensor {
  if (spec instanceof tf.Tensor) return spec as tf.Tensor;
  return tf.zeros([...spec.shape], spec.dtype as 'float32');
}

function runStep(step: StepFunction, inputs: readonly tf.Tensor[], recorder: Recorder): tf.Tensor[] {
  const outputs: unknown = withoutMathRandom(
    (error) => recorder.refuse(error),
    () => step(inputs),
  );
  if (recorder.failure !== undefined) throw recorder.failure;
  if (!Array.isArray(outputs) || !outputs.every((output) => output instanceof tf.Tensor)) {
    recorder.refuse(
      'it returned something else than an array of tensors (an asynchronous step can not be traced).',
    );
  }
  return outputs as tf.Tensor[];
}

function refuseForeignChanges(
  recorder: Recorder,
  others: readonly tf.Variable[],
  variables: readonly tf.Variable[],
): void {
  for (const variable of others) {
    if (variable.isDisposed || !recorder.foreign.has(nativeId(variable))) {
      recorder.refuse(
        `it assigns or disposes of the variable "${variable.name}", which is not among the program's variables.`,
      );
    }
  }
  for (const variable of Object.values(tf.engine().registeredVariables)) {
    if (!variables.includes(variable) && !others.includes(variable)) {
      recorder.refuse(
        `it creates the variable "${variable.name}"; create variables, such as optimizer slots, before.`,
      );
    }
  }
}

function recordOutput(output: tf.Tensor, recorder: Recorder): RecordedOutput {
  return {
    value: recorder.valueOf(nativeId(output)),
    dtype: DataTypeNumber[output.dtype],
    shape: [...output.shape],
  };
}

function findAssignments(variables: readonly tf.Variable[], recorder: Recorder): Map<number, Value> {
  const assignments = new Map<number, Value>();
  variables.forEach((variable, index) => {
    const value = recorder.valueOf(nativeId(variable));
    if (value.from !== 'variable' || value.index !== index) assignments.set(index, value);
  });
  return assignments;
}
