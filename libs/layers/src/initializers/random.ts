import { statelessNormal, statelessTruncatedNormal, statelessUniform } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';

/** What all random initializers need. */
export interface Shaped {
  readonly shape: readonly number[];
  readonly seed: tf.Tensor1D;
}

export const uniform = (minimum: number, maximum: number, { shape, seed }: Shaped): tf.Tensor =>
  statelessUniform(shape, seed, minimum, maximum);

export const normal = (mean: number, deviation: number, { shape, seed }: Shaped): tf.Tensor =>
  statelessNormal(shape, seed, mean, deviation);

export const truncatedNormal = (mean: number, deviation: number, { shape, seed }: Shaped): tf.Tensor =>
  statelessTruncatedNormal(shape, seed, mean, deviation);
