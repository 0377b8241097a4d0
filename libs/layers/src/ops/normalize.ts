import * as tf from '@tensorflow/tfjs-core';
import { EPSILON, rsqrt } from './elementwise.js';
import { sum } from './reduce.js';

/** Divides by the Euclidean norm along axes (keras.ops.normalize). */
export function l2Normalize(x: tf.Tensor, axis: number | readonly number[]): tf.Tensor {
  const squares = sum(tf.square(x), axis, 'keep axes');
  return tf.mul(x, rsqrt(tf.maximum(squares, EPSILON * EPSILON)));
}
