import { AttributeKind, typeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { FLOAT, nativeOperation } from './native.js';

type Axes = number | readonly number[] | null;

const BROADCAST = [FLOAT, typeAttribute('Tidx', 'int32')];

/** Repeats a float tensor along its axes of size 1, without the constants that TensorFlow.js makes for it. */
export const broadcastTo = (x: tf.Tensor, shape: readonly number[]): tf.Tensor =>
  nativeOperation('BroadcastTo', [x, tf.tensor1d([...shape], 'int32')], BROADCAST);

interface Reduction {
  readonly axes: number[];
  /** The reduced tensor's shape, with ones in the place of the reduced axes. */
  readonly kept: number[];
  /** How many numbers go into one. */
  readonly size: number;
}

function reductionOf(x: tf.Tensor, axes: Axes): Reduction {
  const list = axes === null ? x.shape.map((_size, axis) => axis) : typeof axes === 'number' ? [axes] : axes;
  const positive = list.map((axis) => (axis < 0 ? axis + x.rank : axis));
  return {
    axes: positive,
    kept: x.shape.map((size, axis) => (positive.includes(axis) ? 1 : size)),
    size: positive.reduce((size, axis) => size * (x.shape[axis] ?? 1), 1),
  };
}

export type KeptAxes = 'drop axes' | 'keep axes';

/** Mean of a float tensor, not differentiated; TensorFlow.js's own casts its input first, which is an operation each time. */
export function plainMean(x: tf.Tensor, axes: Axes = null, keep: KeptAxes = 'drop axes'): tf.Tensor {
  const { axes: reduced } = reductionOf(x, axes);
  return nativeOperation(
    'Mean',
    [x, tf.tensor1d(reduced, 'int32')],
    [...BROADCAST, { name: 'keep_dims', type: AttributeKind.bool, value: keep === 'keep axes' }],
  );
}

/**
 * Sum over axes; over all by default. Its gradient is one broadcast: TensorFlow.js multiplies with a constant as large as the
 * input, which would stand in a traced graph.
 */
export function sum(x: tf.Tensor, axes: Axes = null, keep: KeptAxes = 'drop axes'): tf.Tensor {
  const { axes: reduced, kept } = reductionOf(x, axes);
  return customGradient([x], (input) => ({
    value: tf.sum(input!, reduced, keep === 'keep axes'),
    saved: [],
    gradients: (dy) => [broadcastTo(tf.reshape(dy, kept), x.shape)],
  }));
}

/** Mean over axes; over all by default. */
export function mean(x: tf.Tensor, axes: Axes = null, keep: KeptAxes = 'drop axes'): tf.Tensor {
  const { axes: reduced, kept, size } = reductionOf(x, axes);
  return customGradient([x], (input) => ({
    value: plainMean(input!, reduced, keep),
    saved: [],
    gradients: (dy) => [broadcastTo(tf.mul(tf.reshape(dy, kept), 1 / size), x.shape)],
  }));
}

/** Largest number over axes. Equal largest numbers share the gradient, as in TensorFlow. */
export function max(x: tf.Tensor, axes: Axes = null, keep: KeptAxes = 'drop axes'): tf.Tensor {
  const { axes: reduced, kept } = reductionOf(x, axes);
  return customGradient([x], (input) => {
    const value = tf.max(input!, reduced, keep === 'keep axes');
    return {
      value,
      saved: [input!, value],
      gradients: (dy, [from, largest]) => {
        const isLargest = tf.cast(tf.equal(from!, tf.reshape(largest!, kept)), 'float32');
        const share = tf.div(tf.reshape(dy, kept), tf.sum(isLargest, reduced, true));
        return [tf.mul(isLargest, share)];
      },
    };
  });
}
