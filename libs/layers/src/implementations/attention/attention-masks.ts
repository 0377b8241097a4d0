import * as tf from '@tensorflow/tfjs-core';
import type { Mask } from '../../layer.js';

export interface Lengths {
  readonly query: number;
  readonly value: number;
}

const positions = ({ query, value }: Lengths): [tf.Tensor, tf.Tensor] => [
  tf.reshape(tf.range(0, query, 1, 'int32'), [1, query, 1]),
  tf.reshape(tf.range(0, value, 1, 'int32'), [1, 1, value]),
];

/** Bool [1, query, value]: a step sees itself and those before it. */
export function causalMask(lengths: Lengths): tf.Tensor {
  const [row, column] = positions(lengths);
  return tf.greaterEqual(row, column);
}

/** Bool [1, query, value]: a step sees those fewer than `window` steps away. */
export function slidingWindowMask(lengths: Lengths, window: number): tf.Tensor {
  const [row, column] = positions(lengths);
  return tf.less(tf.abs(tf.sub(row, column)), tf.scalar(window, 'int32'));
}

const bool = (mask: tf.Tensor): tf.Tensor => (mask.dtype === 'bool' ? mask : tf.cast(mask, 'bool'));

/** The masks that there are, as one that is true where all are. */
export function together(masks: readonly Mask[]): Mask {
  const given = masks.filter((mask) => mask !== null).map(bool);
  return given.length === 0 ? null : given.reduce((a, b) => tf.logicalAnd(a, b));
}

/** A mask of the steps of the query, for scores [query, value]. */
export const ofQuery = (mask: Mask): Mask => (mask === null ? null : tf.expandDims(bool(mask), -1));
/** A mask of the steps of the value, for scores [query, value]. */
export const ofValue = (mask: Mask): Mask => (mask === null ? null : tf.expandDims(bool(mask), -2));
