import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../ops/elementwise.js';
import { max, sum } from '../ops/reduce.js';

/** Softmax along one axis or over several together. */
export function softmax(x: tf.Tensor, axis: number | readonly number[]): tf.Tensor {
  if (typeof axis === 'number') return alongLast(x, axis, (y) => tf.softmax(y));
  const exponents = tf.exp(tf.sub(x, max(x, axis, 'keep axes')));
  return tf.div(exponents, sum(exponents, axis, 'keep axes'));
}

export const logSoftmax = (x: tf.Tensor, axis: number): tf.Tensor =>
  alongLast(x, axis, (y) => tf.logSoftmax(y));

/** TensorFlow's softmax works along the last axis only. */
function alongLast(x: tf.Tensor, axis: number, operation: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const last = x.rank - 1;
  const along = axis < 0 ? axis + x.rank : axis;
  if (along === last) return operation(x);
  const order = x.shape.map((_size, index) => (index === along ? last : index === last ? along : index));
  return tf.transpose(operation(tf.transpose(x, order)), order);
}

/** Martins and Astudillo 2016, along the last axis. */
export function sparsemax(x: tf.Tensor): tf.Tensor {
  const classes = x.shape.at(-1) ?? 1;
  const sorted = tf.topk(x, classes).values;
  const sums = tf.cumsum(sorted, x.rank - 1);
  const ranks = tf.range(1, classes + 1);
  const supported = tf.cast(tf.greater(tf.add(1, tf.mul(ranks, sorted)), sums), 'float32');
  const size = tf.sum(supported, -1, true);
  // The threshold is computed from the values themselves, since sorting has no gradient.
  const least = tf.sum(
    tf.mul(sorted, tf.mul(supported, tf.cast(tf.equal(ranks, size), 'float32'))),
    -1,
    true,
  );
  const inSupport = tf.cast(tf.greaterEqual(x, least), 'float32');
  const threshold = tf.div(tf.sub(sum(tf.mul(x, inSupport), -1, 'keep axes'), 1), size);
  return relu(tf.sub(x, threshold));
}
