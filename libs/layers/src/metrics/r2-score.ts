import * as tf from '@tensorflow/tfjs-core';
import { float } from '../ops/elementwise.js';
import { sameRank } from '../ops/same-rank.js';
import { addTo, zeroVariable, type CreateMetricState } from './metric.js';

/** keras.metrics.R2Score. The outputs must have rank 2. */
export const r2Score: CreateMetricState = (config, { outputShape }) => {
  const outputs = outputShape.at(-1) ?? 1;
  const samples = zeroVariable();
  const [squares, sums, residuals, counts] = [0, 1, 2, 3].map(() => zeroVariable(outputs)) as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  return {
    variables: [samples, squares, sums, residuals, counts],
    update(target, output, sampleWeight) {
      const [yTrue, yPred] = sameRank(float(target), output);
      const weight = weightsLike(yTrue, sampleWeight);
      const weighted = tf.mul(yTrue, weight);
      addTo(sums, tf.sum(weighted, 0));
      addTo(squares, tf.sum(tf.mul(yTrue, weighted), 0));
      addTo(residuals, tf.sum(tf.mul(tf.square(tf.sub(yTrue, yPred)), weight), 0));
      addTo(counts, tf.sum(weight, 0));
      addTo(samples, tf.scalar(yTrue.size));
    },
    result() {
      const total = tf.sub(squares, tf.mul(sums, tf.div(sums, counts)));
      const raw = tf.sub(1, tf.div(residuals, total));
      const scores = tf.where(tf.isInf(raw), tf.zerosLike(raw), raw);
      const score = aggregate(scores, total, config['class_aggregation'] as string | null);
      return adjusted(score, samples, config['num_regressors'] as number);
    },
  };
};

function weightsLike(yTrue: tf.Tensor, sampleWeight: tf.Tensor | null): tf.Tensor {
  if (sampleWeight === null) return tf.onesLike(yTrue);
  const weight = float(sampleWeight);
  return tf.broadcastTo(weight.rank === 1 ? tf.expandDims(weight, 1) : weight, yTrue.shape);
}

function aggregate(scores: tf.Tensor, total: tf.Tensor, aggregation: string | null): tf.Tensor {
  if (aggregation === 'uniform_average') return tf.mean(scores);
  if (aggregation === 'variance_weighted_average') {
    return tf.div(tf.sum(tf.mul(total, scores)), tf.sum(total));
  }
  return scores;
}

/** The adjusted score; the plain one while there are too few samples for it. */
function adjusted(score: tf.Tensor, samples: tf.Tensor, regressors: number): tf.Tensor {
  if (regressors === 0) return score;
  const freedom = tf.sub(tf.sub(samples, regressors), 1);
  const corrected = tf.sub(1, tf.div(tf.mul(tf.sub(1, score), tf.sub(samples, 1)), freedom));
  return tf.where(tf.greater(freedom, 0), corrected, score);
}
