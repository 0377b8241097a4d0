import * as tf from '@tensorflow/tfjs-core';
import { EPSILON, float } from '../ops/elementwise.js';
import { addTo, zeroVariable, type CreateMetricState } from './metric.js';

/** keras.metrics.FBetaScore; F1Score has beta 1. The outputs must have rank 2. */
export const fBetaScore: CreateMetricState = (config, { outputShape }) => {
  const average = config['average'] as 'micro' | 'macro' | 'weighted' | null;
  const threshold = config['threshold'] as number | null;
  const squaredBeta = ((config['beta'] ?? 1) as number) ** 2;
  const shape = average === 'micro' ? [] : [outputShape.at(-1) ?? 1];
  const variables = [0, 1, 2, 3].map(() => zeroVariable(...shape));
  const [truePositives, falsePositives, falseNegatives, positives] = variables as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  return {
    variables,
    update(target, scores, sampleWeight) {
      const yTrue = float(target);
      const yPred = tf.cast(chosen(scores, threshold), 'float32');
      const total = (x: tf.Tensor) => {
        const weighted = sampleWeight === null ? x : tf.mul(x, tf.expandDims(float(sampleWeight), 1));
        return average === 'micro' ? tf.sum(weighted) : tf.sum(weighted, 0);
      };
      addTo(truePositives, total(tf.mul(yPred, yTrue)));
      addTo(falsePositives, total(tf.mul(yPred, tf.sub(1, yTrue))));
      addTo(falseNegatives, total(tf.mul(tf.sub(1, yPred), yTrue)));
      addTo(positives, total(yTrue));
    },
    result() {
      const of = (wrong: tf.Variable) => tf.div(truePositives, tf.add(tf.add(truePositives, wrong), EPSILON));
      const [precision, recall] = [of(falsePositives), of(falseNegatives)];
      const weighted = tf.add(tf.mul(precision, squaredBeta), recall);
      const scores = tf.mul(tf.div(tf.mul(precision, recall), tf.add(weighted, EPSILON)), 1 + squaredBeta);
      if (average === null) return scores;
      if (average !== 'weighted') return tf.mean(scores);
      const share = tf.div(positives, tf.add(tf.sum(positives), EPSILON));
      return tf.sum(tf.mul(scores, share));
    },
  };
};

/** The predictions over the threshold, or else the highest of each sample. */
function chosen(scores: tf.Tensor, threshold: number | null): tf.Tensor {
  if (threshold !== null) return tf.greater(scores, threshold);
  const highest = tf.greaterEqual(scores, tf.max(scores, -1, true));
  return tf.logicalAnd(highest, tf.greater(tf.abs(scores), 1e-9));
}
