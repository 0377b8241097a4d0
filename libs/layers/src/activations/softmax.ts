import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../ops/constant.js';
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

/**
 * Martins and Astudillo 2016, along the last axis, as Keras 3.15 computes it: its threshold adds up all cumulative sums of the
 * support where the paper has the last one, so that the numbers need not add up to 1.
 */
export function sparsemax(x: tf.Tensor): tf.Tensor {
  const classes = x.shape.at(-1) ?? 1;
  const parts = constant(() => supportOf(x, classes));
  const [occurrences, size] = tf.split(parts, [classes, 1], -1) as [tf.Tensor, tf.Tensor];
  const threshold = tf.div(tf.sub(sum(tf.mul(x, occurrences), -1, 'keep axes'), 1), size);
  return relu(tf.sub(x, threshold));
}

/** In how many of the cumulative sums of the support each number occurs, and after them the size of the support. */
function supportOf(x: tf.Tensor, classes: number): tf.Tensor {
  const { values, indices } = tf.topk(x, classes);
  const ranks = tf.range(1, classes + 1);
  const isSupported = tf.greater(tf.add(1, tf.mul(ranks, values)), tf.cumsum(values, x.rank - 1));
  const size = tf.sum(tf.cast(isSupported, 'float32'), -1, true);
  const bySize = tf.relu(tf.add(tf.sub(size, ranks), 1));
  const places = tf.cast(tf.oneHot(indices as tf.Tensor1D, classes), 'float32');
  return tf.concat([tf.sum(tf.mul(places, tf.expandDims(bySize, -1)), -2), size], -1);
}
