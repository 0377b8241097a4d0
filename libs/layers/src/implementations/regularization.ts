import { statelessNormal, statelessUniform } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import type { CallContext } from '../layer.js';
import { createRegularizer } from '../regularizers/index.js';
import { implement, only } from './implement.js';

type Random = CallContext['random'];

/** 1 with the probability that a number is kept, else 0; the same along the axes where the shape has size 1. */
export function keptNumbers(shape: readonly number[], rate: number, random: Random): tf.Tensor {
  return tf.cast(tf.greaterEqual(statelessUniform(shape, random.next()), rate), 'float32');
}

/** Zeros a share of numbers and scales the others up. */
export function dropout(x: tf.Tensor, rate: number, shape: readonly number[], random: Random): tf.Tensor {
  if (rate === 1) return tf.zerosLike(x);
  return tf.mul(x, tf.mul(keptNumbers(shape, rate, random), 1 / (1 - rate)));
}

const noiseShape = (x: tf.Tensor, shape: readonly (number | null)[] | null): number[] =>
  x.shape.map((size, axis) => shape?.[axis] ?? size);

const dropoutLayer = implement('Dropout', {
  masks: 'kept',
  call({ rate, noise_shape }, inputs, _weights, { training, random }) {
    const input = only(inputs);
    return training && rate > 0 ? dropout(input, rate, noiseShape(input, noise_shape), random) : input;
  },
});

function spatialDropout<const Name extends 'SpatialDropout1D' | 'SpatialDropout2D' | 'SpatialDropout3D'>(
  className: Name,
) {
  return implement(className, {
    masks: 'kept',
    call({ rate, data_format }, inputs, _weights, { training, random }) {
      const input = only(inputs);
      if (!training || rate === 0) return input;
      const channels =
        className !== 'SpatialDropout1D' && data_format === 'channels_first' ? 1 : input.rank - 1;
      const shape = input.shape.map((size, axis) => (axis === 0 || axis === channels ? size : 1));
      return dropout(input, rate, shape, random);
    },
  });
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Keeps mean and variance under SELU (keras/src/layers/regularization/alpha_dropout.py). */
const alphaDropout = implement('AlphaDropout', {
  masks: 'kept',
  call({ rate, noise_shape }, inputs, _weights, { training, random }) {
    const input = only(inputs);
    if (!training || rate === 0) return input;
    const lowest = -SELU_ALPHA * SELU_SCALE;
    const kept = keptNumbers(noiseShape(input, noise_shape), rate, random);
    const scale = ((1 - rate) * (1 + rate * lowest ** 2)) ** -0.5;
    const replaced = tf.add(tf.mul(input, kept), tf.mul(tf.sub(1, kept), lowest));
    return tf.add(tf.mul(replaced, scale), -scale * lowest * rate);
  },
});

const gaussianDropout = implement('GaussianDropout', {
  masks: 'kept',
  call({ rate }, inputs, _weights, { training, random }) {
    const input = only(inputs);
    if (!training || rate === 0) return input;
    return tf.mul(input, statelessNormal(input.shape, random.next(), 1, Math.sqrt(rate / (1 - rate))));
  },
});

const gaussianNoise = implement('GaussianNoise', {
  masks: 'kept',
  call({ stddev }, inputs, _weights, { training, random }) {
    const input = only(inputs);
    if (!training || stddev === 0) return input;
    return tf.add(input, statelessNormal(input.shape, random.next(), 0, stddev));
  },
});

/** Penalises its input (keras/src/layers/regularization/activity_regularization.py). */
const activityRegularization = implement('ActivityRegularization', {
  masks: 'kept',
  call({ l1, l2 }, inputs, _weights, context) {
    const input = only(inputs);
    addActivityPenalty({ class_name: 'L1L2', config: { l1, l2 } }, input, context);
    return input;
  },
});

/** Adds the penalty of an output, per sample of the batch. */
export function addActivityPenalty(
  regularizer: Parameters<typeof createRegularizer>[0],
  output: tf.Tensor,
  { addLoss }: Pick<CallContext, 'addLoss'>,
): void {
  const penalty = createRegularizer(regularizer)(output);
  addLoss(tf.mul(penalty, 1 / (output.shape[0] ?? 1)) as tf.Scalar);
}

export const regularizationImplementations = [
  dropoutLayer,
  alphaDropout,
  gaussianDropout,
  gaussianNoise,
  activityRegularization,
  spatialDropout('SpatialDropout1D'),
  spatialDropout('SpatialDropout2D'),
  spatialDropout('SpatialDropout3D'),
];
