import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from '../ops/elementwise.js';

const centred = (x: tf.Tensor, axis: number) => tf.sub(x, tf.mean(x, axis, true));
const variance = (x: tf.Tensor, axis: number) => tf.mean(tf.square(centred(x, axis)), axis, true);

export const pearsonCorrelation =
  (axis: number) =>
  (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
    const standard = (x: tf.Tensor) => tf.div(centred(x, axis), tf.sqrt(variance(x, axis)));
    return tf.mean(tf.mul(standard(yTrue), standard(yPred)), axis);
  };

/** Lin 1989, as Keras computes it: both factors of the covariance are centred at the predictions' mean. */
export const concordanceCorrelation =
  (axis: number) =>
  (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
    const [trueMean, predMean] = [tf.mean(yTrue, axis, true), tf.mean(yPred, axis, true)];
    const covariance = tf.mul(tf.sub(yTrue, predMean), tf.sub(yPred, predMean));
    const spread = tf.add(variance(yTrue, axis), variance(yPred, axis));
    const norm = tf.add(spread, tf.square(tf.sub(trueMean, predMean)));
    return tf.mean(tf.div(tf.mul(covariance, 2), tf.add(norm, EPSILON)), axis);
  };
