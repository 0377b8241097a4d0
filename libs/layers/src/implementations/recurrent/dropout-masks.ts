import * as tf from '@tensorflow/tfjs-core';
import type { CallContext } from '../../layer.js';
import { keptNumbers } from '../regularization.js';

/** Zeros with the probability of `rate`, and what scales the rest up elsewhere. */
export function dropoutFactor(
  shape: readonly number[],
  rate: number,
  random: CallContext['random'],
): tf.Tensor {
  if (rate >= 1) return tf.zeros([...shape]);
  return tf.mul(keptNumbers(shape, rate, random), 1 / (1 - rate));
}
