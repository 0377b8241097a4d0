import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../ops/constant.js';
import { relu, softplus } from '../ops/elementwise.js';
import { max, sum } from '../ops/reduce.js';
import type { LossFunction } from './loss.js';

/** Far below every similarity, where Keras has minus infinity: its exponent is 0 and its gradient is a number. */
const NEVER = -1e9;

/** Sun et al. 2020. Predictions are normalized embeddings [batch, features], targets are class numbers. */
export function circle(gamma: number, margin: number, withItself: 'compared' | 'left out'): LossFunction {
  return {
    values(yTrue, yPred) {
      const distances = relu(tf.sub(1, tf.matMul(yPred as tf.Tensor2D, yPred as tf.Tensor2D, false, true)));
      const labels = tf.reshape(yTrue, [-1]);
      const same = tf.equal(tf.expandDims(labels, 1), tf.expandDims(labels, 0));
      const itself = tf.cast(tf.eye(labels.size), 'bool');
      const positive = withItself === 'left out' ? tf.logicalAnd(same, tf.logicalNot(itself)) : same;
      const negative = tf.logicalNot(same);
      const positiveWeights = tf.add(distances, margin);
      const negativeWeights = relu(tf.sub(1 + margin, distances));
      const near = tf.mul(tf.mul(positiveWeights, tf.sub(margin, distances)), -gamma);
      const far = tf.mul(tf.mul(negativeWeights, tf.sub(1 - margin, distances)), gamma);
      return softplus(tf.add(logSumExp(positive, near), logSumExp(negative, far)));
    },
    mask: (_yTrue, values) => constant(() => tf.greater(values, 0)),
  };
}

function logSumExp(counted: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const chosen = tf.where(counted, x, tf.fill(x.shape, NEVER));
  const largest = max(chosen, 1, 'keep axes');
  return tf.add(tf.log(sum(tf.exp(tf.sub(chosen, largest)), 1)), tf.squeeze(largest, [1]));
}
