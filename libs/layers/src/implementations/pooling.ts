import * as tf from '@tensorflow/tfjs-core';
import { channelsLast } from '../ops/channels.js';
import { float } from '../ops/elementwise.js';
import { pool, type PoolKind } from '../ops/pool.js';
import { max, mean, sum, type KeptAxes } from '../ops/reduce.js';
import { implement, only } from './implement.js';

type PoolingName = `${'Max' | 'Average'}Pooling${1 | 2 | 3}D`;

const pooling = <const Name extends PoolingName>(className: Name, kind: PoolKind) =>
  implement(className, {
    call: ({ pool_size, strides, padding, data_format }, inputs) =>
      channelsLast(only(inputs), data_format, (input) =>
        pool(input, kind, {
          size: pool_size,
          strides: strides ?? pool_size,
          padding: padding === 'same' ? 'SAME' : 'VALID',
        }),
      ),
  });

type GlobalName = `Global${PoolingName}`;

const spatialAxes = (x: tf.Tensor, format: 'channels_last' | 'channels_first'): number[] => {
  const first = format === 'channels_last' ? 1 : 2;
  return Array.from({ length: x.rank - 2 }, (_, index) => index + first);
};

const globalPooling = <const Name extends GlobalName>(className: Name, kind: PoolKind) =>
  implement(className, {
    call({ data_format, keepdims }, inputs, _weights, { masks }) {
      const input = only(inputs);
      const axes = spatialAxes(input, data_format);
      const keep = keepdims ? 'keep axes' : 'drop axes';
      if (kind === 'max') return max(input, axes, keep);
      const mask = className === 'GlobalAveragePooling1D' ? (masks[0] ?? null) : null;
      return mask === null ? mean(input, axes, keep) : maskedMean(input, axes, mask, keep);
    },
  });

/** Mean of the steps that count (keras/src/layers/pooling/global_average_pooling1d.py). */
function maskedMean(x: tf.Tensor, axes: number[], mask: tf.Tensor, keep: KeptAxes): tf.Tensor {
  const steps = tf.expandDims(float(mask), axes[0] === 1 ? 2 : 1);
  return tf.div(sum(tf.mul(x, steps), axes, keep), tf.sum(steps, axes, keep === 'keep axes'));
}

type AdaptiveName = `Adaptive${PoolingName}`;

/** As many windows as the output is long, which overlap where the lengths do not divide. */
const adaptivePooling = <const Name extends AdaptiveName>(className: Name, kind: PoolKind) =>
  implement(className, {
    call: ({ output_size, data_format }, inputs) =>
      channelsLast(only(inputs), data_format, (input) =>
        output_size.reduce((x, length, index) => poolAxis(x, index + 1, length, kind), input),
      ),
  });

function poolAxis(x: tf.Tensor, axis: number, length: number, kind: PoolKind): tf.Tensor {
  const from = x.shape[axis]!;
  const windows = Array.from({ length }, (_, index) => {
    const start = Math.floor((index * from) / length);
    const end = Math.ceil(((index + 1) * from) / length);
    const begin = x.shape.map((_size, at) => (at === axis ? start : 0));
    const size = x.shape.map((full, at) => (at === axis ? end - start : full));
    const window = tf.slice(x, begin, size);
    return kind === 'max' ? max(window, axis, 'keep axes') : mean(window, axis, 'keep axes');
  });
  return tf.concat(windows, axis);
}

export const poolingImplementations = [
  ...(['MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D'] as const).map((name) => pooling(name, 'max')),
  ...(['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'] as const).map((name) =>
    pooling(name, 'average'),
  ),
  ...(['GlobalMaxPooling1D', 'GlobalMaxPooling2D', 'GlobalMaxPooling3D'] as const).map((name) =>
    globalPooling(name, 'max'),
  ),
  ...(['GlobalAveragePooling1D', 'GlobalAveragePooling2D', 'GlobalAveragePooling3D'] as const).map((name) =>
    globalPooling(name, 'average'),
  ),
  ...(['AdaptiveMaxPooling1D', 'AdaptiveMaxPooling2D', 'AdaptiveMaxPooling3D'] as const).map((name) =>
    adaptivePooling(name, 'max'),
  ),
  ...(['AdaptiveAveragePooling1D', 'AdaptiveAveragePooling2D', 'AdaptiveAveragePooling3D'] as const).map(
    (name) => adaptivePooling(name, 'average'),
  ),
];
