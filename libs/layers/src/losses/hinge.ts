import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../ops/elementwise.js';
import { max, mean, sum } from '../ops/reduce.js';
import type { LossFunction } from './loss.js';

/** Labels 0 and 1 become -1 and 1, unless the batch has others. */
function signedLabels(yTrue: tf.Tensor): tf.Tensor {
  const isBinary = tf.all(tf.logicalOr(tf.equal(yTrue, 0), tf.equal(yTrue, 1)));
  return tf.where(isBinary, tf.sub(tf.mul(yTrue, 2), 1), yTrue);
}

const margin = (yTrue: tf.Tensor, yPred: tf.Tensor) => relu(tf.sub(1, tf.mul(signedLabels(yTrue), yPred)));

export const hinge: LossFunction = { values: (yTrue, yPred) => mean(margin(yTrue, yPred), -1) };

export const squaredHinge: LossFunction = {
  values: (yTrue, yPred) => mean(tf.square(margin(yTrue, yPred)), -1),
};

export const categoricalHinge: LossFunction = {
  values(yTrue, yPred) {
    const right = sum(tf.mul(yTrue, yPred), -1);
    const wrong = max(tf.mul(tf.sub(1, yTrue), yPred), -1);
    return relu(tf.add(tf.sub(wrong, right), 1));
  },
};
