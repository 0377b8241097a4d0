import * as tf from '@tensorflow/tfjs-core';
import { EPSILON, float, rsqrt } from '../ops/elementwise.js';
import { addBias } from '../ops/bias.js';
import { customGradient } from '../ops/custom-gradient.js';
import { mean, plainMean } from '../ops/reduce.js';
import { batchNormalization } from './batch-normalization.js';
import { implement, only, weightOf } from './implement.js';

const axesOf = (axis: number | readonly number[], rank: number): number[] =>
  (typeof axis === 'number' ? [axis] : [...axis])
    .map((index) => (index < 0 ? index + rank : index))
    .sort((a, b) => a - b);

/** (x - mean) / sqrt(variance + epsilon) over axes; with its gradient in few operations. */
export function standardize(x: tf.Tensor, axes: readonly number[], epsilon: number): tf.Tensor {
  return customGradient([x], (input) => {
    const centred = tf.sub(input!, plainMean(input!, axes, 'keep axes'));
    const inverse = tf.rsqrt(tf.add(plainMean(tf.square(centred), axes, 'keep axes'), epsilon));
    const value = tf.mul(centred, inverse);
    return {
      value,
      saved: [value, inverse],
      gradients: (dy, [y, scale]) => {
        const meanOf = (z: tf.Tensor) => plainMean(z, axes, 'keep axes');
        const along = tf.mul(y!, meanOf(tf.mul(dy, y!)));
        return [tf.mul(tf.sub(tf.sub(dy, meanOf(dy)), along), scale!)];
      },
    };
  });
}

/** A vector or small tensor of the sizes along `axes`, ready to broadcast against x. */
function along(weight: tf.Tensor, x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  if (axes.length === 1 && axes[0] === x.rank - 1) return weight;
  return tf.reshape(
    weight,
    x.shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
  );
}

/** keras/src/layers/normalization/layer_normalization.py */
const layerNormalization = implement('LayerNormalization', {
  masks: 'kept',
  call({ axis, epsilon, rms_scaling }, inputs, { gamma, beta }) {
    const input = only(inputs);
    const axes = axesOf(axis, input.rank);
    const normalized = rms_scaling ? overDeviation(input, axes, epsilon) : standardize(input, axes, epsilon);
    const scaled = gamma === undefined ? normalized : tf.mul(normalized, along(gamma, input, axes));
    if (beta === undefined) return scaled;
    const shift = along(beta, input, axes);
    return shift.rank === 1 ? addBias(scaled, shift) : tf.add(scaled, shift);
  },
});

/** x / sqrt(variance + epsilon), what Keras calls rms_scaling. */
function overDeviation(x: tf.Tensor, axes: readonly number[], epsilon: number): tf.Tensor {
  const centred = tf.sub(x, mean(x, axes, 'keep axes'));
  const variance = mean(tf.square(centred), axes, 'keep axes');
  return tf.mul(x, rsqrt(tf.add(variance, epsilon)));
}

/** keras/src/layers/normalization/rms_normalization.py */
const rmsNormalization = implement('RMSNormalization', {
  call({ axis, epsilon }, inputs, weights) {
    const input = only(inputs);
    const axes = axesOf(axis, input.rank);
    const squares = mean(tf.square(input), axes, 'keep axes');
    const normalized = tf.mul(input, rsqrt(tf.add(squares, epsilon)));
    // Keras multiplies without regard to the axes.
    return tf.mul(normalized, weightOf(weights, 'scale'));
  },
});

/** keras/src/layers/normalization/unit_normalization.py */
const unitNormalization = implement('UnitNormalization', {
  masks: 'kept',
  call({ axis }, inputs) {
    const input = only(inputs);
    const axes = axesOf(axis, input.rank);
    const squares = tf.mul(mean(tf.square(input), axes, 'keep axes'), sizeOf(input, axes));
    return tf.mul(input, rsqrt(tf.maximum(squares, 1e-24)));
  },
});

const sizeOf = (x: tf.Tensor, axes: readonly number[]) =>
  axes.reduce((size, axis) => size * (x.shape[axis] ?? 1), 1);

/** keras/src/layers/normalization/group_normalization.py */
const groupNormalization = implement('GroupNormalization', {
  masks: 'kept',
  call({ axis, groups, epsilon }, inputs, { gamma, beta }) {
    const input = only(inputs);
    const channelAxis = axis < 0 ? axis + input.rank : axis;
    const channels = input.shape[channelAxis] ?? 1;
    const count = groups === -1 ? channels : groups;
    const grouped = [
      ...input.shape.slice(0, channelAxis),
      count,
      channels / count,
      ...input.shape.slice(channelAxis + 1),
    ];
    const reduced = [...grouped.keys()].filter((index) => index !== 0 && index !== channelAxis);
    const normalized = tf.reshape(standardize(tf.reshape(input, grouped), reduced, epsilon), input.shape);
    const scaled = gamma === undefined ? normalized : tf.mul(normalized, along(gamma, input, [channelAxis]));
    return beta === undefined ? scaled : tf.add(scaled, along(beta, input, [channelAxis]));
  },
});

/** keras/src/layers/preprocessing/normalization.py */
const normalization = implement('Normalization', {
  masks: 'kept',
  call(config, inputs, weights) {
    const input = float(only(inputs));
    const axes = axesOf(config.axis, input.rank);
    const shape = input.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
    const statistic = (given: unknown, path: string) =>
      given === null
        ? tf.reshape(weightOf(weights, path), shape)
        : tf.broadcastTo(tf.tensor(given as tf.TensorLike, undefined, 'float32'), shape);
    const centre = statistic(config.mean, 'mean');
    const deviation = tf.maximum(tf.sqrt(statistic(config.variance, 'variance')), EPSILON);
    return config.invert
      ? tf.add(centre, tf.mul(input, deviation))
      : tf.div(tf.sub(input, centre), deviation);
  },
});

export const normalizationImplementations = [
  batchNormalization,
  layerNormalization,
  rmsNormalization,
  unitNormalization,
  groupNormalization,
  normalization,
];
