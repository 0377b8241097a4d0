import * as tf from '@tensorflow/tfjs-core';
import type { Stride } from './convolution.js';

export interface DilatedWindow extends Stride {
  readonly size: readonly number[];
  readonly dilation: readonly number[];
}

type Convolution = (x: tf.Tensor, stride: Stride) => tf.Tensor;

/**
 * A convolution with holes, by one without: rows that a dilated window sees together are brought into one batch entry. On a CPU
 * TensorFlow itself has no gradient for dilated convolutions.
 */
export function withDilation(x: tf.Tensor, window: DilatedWindow, convolution: Convolution): tf.Tensor {
  const { size, dilation, strides, padding } = window;
  if (dilation.every((rate) => rate === 1)) return convolution(x, window);
  const lengths = x.shape.slice(1, -1);
  const needed = lengths.map((length, axis) =>
    paddingOf(length, size[axis]!, dilation[axis]!, strides[axis]!, padding),
  );
  // The rows must fill whole groups; what is added for that is cut off again.
  const surplus = lengths.map((length, axis) => {
    const rate = dilation[axis]!;
    return (rate - ((length + needed[axis]![0] + needed[axis]![1]) % rate)) % rate;
  });
  const paddings = needed.map(([before, after], axis) => [before, after + surplus[axis]!]);
  const crops = surplus.map((rows) => [0, rows]);
  const unit = { strides: strides.map(() => 1), padding: 'VALID' as const };
  const gathered = tf.spaceToBatchND(x, [...dilation], paddings);
  const spread = tf.batchToSpaceND(convolution(gathered, unit), [...dilation], crops);
  return strides.every((stride) => stride === 1) ? spread : everyNth(spread, strides);
}

/** TensorFlow's SAME padding: half of what is missing before, the rest after. */
function paddingOf(
  length: number,
  size: number,
  dilation: number,
  stride: number,
  padding: Stride['padding'],
): [number, number] {
  if (padding === 'VALID') return [0, 0];
  const missing = Math.max((Math.ceil(length / stride) - 1) * stride + dilation * (size - 1) + 1 - length, 0);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}

/** Every n-th row along each spatial axis, by a reshape and a slice, which have gradients. */
function everyNth(x: tf.Tensor, strides: readonly number[]): tf.Tensor {
  return strides.reduce((from, stride, index) => {
    if (stride === 1) return from;
    const axis = index + 1;
    const kept = Math.ceil(from.shape[axis]! / stride);
    const before = from.shape.slice(0, axis);
    const after = from.shape.slice(axis + 1);
    const padded = tf.pad(
      from,
      from.shape.map((length, at): [number, number] => (at === axis ? [0, kept * stride - length] : [0, 0])),
    );
    const grouped = tf.reshape(padded, [...before, kept, stride, ...after]);
    const first = tf.slice(
      grouped,
      grouped.shape.map(() => 0),
      [...before, kept, 1, ...after],
    );
    return tf.reshape(first, [...before, kept, ...after]);
  }, x);
}
