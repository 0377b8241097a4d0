import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../ops/constant.js';
import { elu } from '../ops/elementwise.js';

/** keras.activations.elu with a scale for its negative part. */
export function scaledElu(x: tf.Tensor, alpha: number): tf.Tensor {
  const y = elu(x);
  return alpha === 1
    ? y
    : tf.where(
        constant(() => tf.greater(x, 0)),
        y,
        tf.mul(y, alpha),
      );
}
