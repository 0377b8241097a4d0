import { AttributeKind, typeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import type { CallContext, Mask } from '../layer.js';
import { customGradient } from '../ops/custom-gradient.js';
import { float, rsqrt } from '../ops/elementwise.js';
import { FLOAT, floatAttribute, nativeOperations } from '../ops/native.js';
import { sum } from '../ops/reduce.js';
import { implement, only, type Weights } from './implement.js';

interface Scaling {
  readonly epsilon: number;
  /** Along the normalized axis. */
  readonly gamma: tf.Tensor | undefined;
  readonly beta: tf.Tensor | undefined;
}

interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

interface Normalized extends Moments {
  readonly output: tf.Tensor;
}

/** keras/src/layers/normalization/batch_normalization.py */
export const batchNormalization = implement('BatchNormalization', {
  masks: 'kept',
  call(config, inputs, weights, context) {
    const input = only(inputs);
    const axis = config.axis < 0 ? config.axis + input.rank : config.axis;
    const scaling = { epsilon: config.epsilon, gamma: weights['gamma'], beta: weights['beta'] };
    const moving = { mean: weights['moving_mean']!, variance: weights['moving_variance']! };
    // A frozen layer keeps its statistics, whatever the model does.
    if (!context.training || !config.trainable) return normalize(input, axis, moving, scaling);
    const { output, mean, variance } = normalizeBatch(input, axis, context.masks[0] ?? null, scaling);
    updateMoving(weights, { mean, variance }, config.momentum, context);
    return output;
  },
});

function updateMoving(
  weights: Weights,
  { mean, variance }: Moments,
  momentum: number,
  { updateWeight }: CallContext,
): void {
  const moved = (path: string, value: tf.Tensor) =>
    updateWeight(path, tf.add(tf.mul(weights[path]!, momentum), tf.mul(value, 1 - momentum)));
  moved('moving_mean', mean);
  moved('moving_variance', variance);
}

function normalizeBatch(input: tf.Tensor, axis: number, mask: Mask, scaling: Scaling): Normalized {
  if (mask === null && axis === input.rank - 1 && scaling.epsilon >= SMALLEST_FUSED_EPSILON) {
    return normalizeFused(input, scaling);
  }
  const moments = mask === null ? momentsOf(input, axis) : maskedMoments(input, axis, mask);
  return { ...moments, output: normalize(input, axis, moments, scaling) };
}

/** x' = x * a + b with a and b from the moments: two operations over the whole input. */
function normalize(input: tf.Tensor, axis: number, { mean, variance }: Moments, scaling: Scaling): tf.Tensor {
  const { gamma, beta, epsilon } = scaling;
  const inverse = rsqrt(tf.add(variance, epsilon));
  const scale = gamma === undefined ? inverse : tf.mul(inverse, gamma);
  const shift = tf.mul(mean, scale);
  const offset = beta === undefined ? tf.neg(shift) : tf.sub(beta, shift);
  const along = (x: tf.Tensor) =>
    axis === input.rank - 1
      ? x
      : tf.reshape(
          x,
          input.shape.map((size, index) => (index === axis ? size : 1)),
        );
  return tf.add(tf.mul(input, along(scale)), along(offset));
}

const otherAxes = (input: tf.Tensor, axis: number) =>
  [...input.shape.keys()].filter((index) => index !== axis);

function momentsOf(input: tf.Tensor, axis: number): Moments {
  const axes = otherAxes(input, axis);
  const share = 1 / axes.reduce((size, index) => size * (input.shape[index] ?? 1), 1);
  const mean = tf.mul(sum(input, axes, 'keep axes'), share);
  const variance = tf.mul(sum(tf.square(tf.sub(input, mean)), axes), share);
  return { mean: tf.reshape(mean, [-1]), variance };
}

/** Moments over the steps that count (keras/src/layers/normalization/batch_normalization.py, _moments). */
function maskedMoments(input: tf.Tensor, axis: number, mask: tf.Tensor): Moments {
  const axes = otherAxes(input, axis);
  const weight = tf.broadcastTo(tf.expandDims(float(mask), -1), input.shape);
  const total = tf.add(tf.sum(weight, axes, true), 1e-7);
  const mean = tf.div(sum(tf.mul(input, weight), axes, 'keep axes'), total);
  const squares = tf.mul(weight, tf.square(tf.sub(input, mean)));
  const variance = tf.div(sum(squares, axes), tf.reshape(total, [-1]));
  return { mean: tf.reshape(mean, [-1]), variance };
}

/** cuDNN takes no smaller one. */
const SMALLEST_FUSED_EPSILON = 1.001e-5;

/** One native operation forward and one back, where the formula takes about twenty. */
function normalizeFused(input: tf.Tensor, { epsilon, gamma, beta }: Scaling): Normalized {
  const channels = input.shape.at(-1) ?? 1;
  const rows = input.size / channels;
  const attributes = [
    FLOAT,
    typeAttribute('U', 'float32'),
    floatAttribute('epsilon', epsilon),
    { name: 'data_format', type: AttributeKind.string, value: 'NHWC' },
    { name: 'is_training', type: AttributeKind.bool, value: true },
  ];
  const scale = gamma ?? tf.fill([channels], 1);
  const offset = beta ?? tf.fill([channels], 0);
  const statistics: tf.Tensor[] = [];
  const image = input.rank === 4 ? input : tf.reshape(input, [rows, 1, 1, channels]);
  const normalized = customGradient([image, scale, offset], (x, factor, shift) => {
    const none = tf.tensor1d([], 'float32');
    const outputs = nativeOperations('FusedBatchNormV3', [x!, factor!, shift!, none, none], 6, attributes);
    const [value, mean, variance, ...reserved] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    // They leave the operation beside its value, so the scope around it must not dispose of them.
    statistics.push(tf.keep(mean), tf.keep(variance));
    return {
      value,
      saved: [x!, factor!, ...reserved],
      gradients: (dy, saved) =>
        nativeOperations('FusedBatchNormGradV3', [dy, ...saved], 5, attributes).slice(0, 3),
    };
  });
  const [mean, unbiased] = statistics.map((kept) => {
    const tracked = tf.clone(kept);
    kept.dispose();
    return tracked;
  }) as [tf.Tensor, tf.Tensor];
  return {
    output: input.rank === 4 ? normalized : tf.reshape(normalized, input.shape),
    mean,
    // The operation divides by one less than the number of rows; Keras keeps the plain variance.
    variance: rows > 1 ? tf.mul(unbiased, (rows - 1) / rows) : unbiased,
  };
}
