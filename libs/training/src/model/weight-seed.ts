import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';

/** The seed of a weight's first value, int32 of shape [2]: a function of the run's seed and the weight's path alone. */
export const weightSeed = (seed: number, path: string): tf.Tensor1D => {
  const digest = createHash('sha256').update(`${seed}/${path}`).digest();
  return tf.tensor1d([digest.readInt32LE(0), digest.readInt32LE(4)], 'int32');
};
