import * as tf from '@tensorflow/tfjs-core';
import type { NamedVariables, Trainable } from '../compile/trainable.js';
import type { Executor } from '../execution/executor.js';
import { TrainingError } from '../training-error.js';
import type { StoredTensor } from './training-state.js';

const prefixed = (prefix: string, variables: NamedVariables): [string, tf.Variable][] =>
  [...variables].map(([name, variable]) => [`${prefix}/${name}`, variable]);

/** Every variable that a checkpoint holds, by its name there. */
export const checkpointVariables = (trainable: Trainable): Map<string, tf.Variable> =>
  new Map([
    ...prefixed('model', trainable.weights),
    ...prefixed('optimizer', trainable.optimizerVariables),
    ...prefixed('tracker', trainable.trainTrackers),
  ]);

/** The present values of variables, copied out of the executor. */
export const readVariables = (
  executor: Executor,
  variables: ReadonlyMap<string, tf.Variable>,
): Record<string, StoredTensor> => {
  const names = [...variables.keys()];
  const tensors = executor.read([...variables.values()]);
  const stored = tensors.map((tensor): StoredTensor => {
    const dtype = tensor.dtype === 'int32' ? 'int32' : 'float32';
    return { shape: tensor.shape, dtype, values: tensor.dataSync<typeof dtype>() };
  });
  tf.dispose(tensors);
  return Object.fromEntries(names.map((name, index) => [name, stored[index]!]));
};

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, index) => length === b[index]);

/**
 * Gives variables the values of a checkpoint.
 * @throws TrainingError when a value is missing or has another shape: the checkpoint is of another model or optimizer
 */
export const writeVariables = (
  executor: Pick<Executor, 'assign'>,
  variables: ReadonlyMap<string, tf.Variable>,
  stored: Readonly<Record<string, StoredTensor>>,
): void => {
  tf.tidy(() => {
    const values = [...variables].map(([name, { shape, dtype }]) => {
      const tensor = stored[name];
      if (tensor === undefined)
        throw new TrainingError(
          'invalid_checkpoint',
          `the checkpoint has no ${name}: it is of another model`,
        );
      if (!sameShape(tensor.shape, shape))
        throw new TrainingError(
          'invalid_checkpoint',
          `${name} has shape [${tensor.shape.join(', ')}] in the checkpoint and [${shape.join(', ')}] in the model`,
        );
      return tf.tensor(tensor.values, shape, dtype);
    });
    executor.assign(values, [...variables.values()]);
  });
};
