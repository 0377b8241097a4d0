import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from '../ops/custom-gradient.js';
import { EPSILON, abs, softplus, sumTo } from '../ops/elementwise.js';
import { l2Normalize } from '../ops/normalize.js';
import { mean, plainMean, sum } from '../ops/reduce.js';
import type { LossFunction } from './loss.js';

/** A loss that is the mean over the last axis of one number for each prediction. */
function elementwise(elements: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor): LossFunction {
  return {
    values: (yTrue, yPred) => mean(elements(yTrue, yPred), -1),
    mean: (yTrue, yPred) => mean(elements(yTrue, yPred)),
  };
}

/** A function of the error (prediction less target) with its derivative. */
function ofError(
  value: (error: tf.Tensor) => tf.Tensor,
  derivative: (error: tf.Tensor) => tf.Tensor,
): LossFunction {
  const errorOf = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.sub(yPred, yTrue);
  return {
    values: (yTrue, yPred) =>
      customGradient([yPred], (predicted) => {
        const error = errorOf(yTrue, predicted!);
        return {
          value: plainMean(value(error), -1),
          saved: [error],
          gradients: (dy, [saved]) => {
            const each = tf.mul(tf.expandDims(dy, -1), 1 / (saved!.shape.at(-1) ?? 1));
            return [sumTo(tf.mul(derivative(saved!), each), yPred.shape)];
          },
        };
      }),
    mean: (yTrue, yPred) =>
      customGradient([yPred], (predicted) => {
        const error = errorOf(yTrue, predicted!);
        return {
          value: plainMean(value(error)),
          saved: [error],
          gradients: (dy, [saved]) => [
            sumTo(tf.mul(derivative(saved!), tf.mul(dy, 1 / saved!.size)), yPred.shape),
          ],
        };
      }),
  };
}

export const meanSquaredError = ofError(tf.square, (error) => tf.mul(error, 2));
export const meanAbsoluteError = ofError(tf.abs, tf.sign);

/** Half the square within delta, linear beyond. */
export const huber = (delta: number): LossFunction =>
  ofError(
    (error) => {
      const size = tf.abs(error);
      const near = tf.minimum(size, delta);
      return tf.mul(near, tf.sub(size, tf.mul(near, 0.5)));
    },
    (error) => tf.clipByValue(error, -delta, delta),
  );

export const logCosh = ofError(
  (error) => tf.sub(tf.add(error, softplus(tf.mul(error, -2))), Math.LN2),
  tf.tanh,
);

export const meanAbsolutePercentageError = elementwise((yTrue, yPred) =>
  tf.mul(abs(tf.div(tf.sub(yTrue, yPred), tf.maximum(tf.abs(yTrue), EPSILON))), 100),
);

const logOfPositive = (x: tf.Tensor) => tf.log(tf.add(tf.maximum(x, EPSILON), 1));

export const meanSquaredLogarithmicError = elementwise((yTrue, yPred) =>
  tf.square(tf.sub(logOfPositive(yTrue), logOfPositive(yPred))),
);

export const poisson = elementwise((yTrue, yPred) =>
  tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, EPSILON)))),
);

export const klDivergence: LossFunction = {
  values(yTrue, yPred) {
    const truth = tf.clipByValue(yTrue, EPSILON, 1);
    return sum(tf.mul(truth, tf.log(tf.div(truth, tf.clipByValue(yPred, EPSILON, 1)))), -1);
  },
};

/** Cosine of the angle between targets and predictions. */
export const cosine = (yTrue: tf.Tensor, yPred: tf.Tensor, axis: number): tf.Tensor =>
  sum(tf.mul(l2Normalize(yTrue, axis), l2Normalize(yPred, axis)), axis);

export const cosineSimilarity = (axis: number): LossFunction => ({
  values: (yTrue, yPred) => tf.neg(cosine(yTrue, yPred, axis)),
});
