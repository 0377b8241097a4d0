import * as tf from '@tensorflow/tfjs-core';
import { float } from '../ops/elementwise.js';
import { sameRank } from '../ops/same-rank.js';

/** Thresholds, and whether they are so even that a score's place among them is a multiplication. */
export interface Thresholds {
  readonly values: readonly number[];
  readonly spacing: 'even' | 'uneven';
}

/** Weighted numbers of predictions by threshold: [thresholds], or [thresholds, labels] for labels kept apart. */
export interface Confusion {
  readonly truePositives: tf.Tensor;
  readonly falsePositives: tf.Tensor;
  readonly positives: tf.Tensor;
  readonly negatives: tf.Tensor;
}

export interface Predictions {
  readonly yTrue: tf.Tensor;
  readonly yPred: tf.Tensor;
  readonly sampleWeight: tf.Tensor | null;
  readonly labelWeights?: readonly number[] | null;
  readonly labels: 'together' | 'apart';
}

const TOLERANCE = 1e-7;

/** keras/src/metrics/metrics_utils.py, is_evenly_distributed_thresholds. */
export function thresholdsOf(values: readonly number[], inner: readonly number[] = values): Thresholds {
  const even = inner.every(
    (value, index) => Math.abs(value - index / (inner.length - 1)) <= TOLERANCE + 1e-5 * Math.abs(value),
  );
  return { values, spacing: inner.length >= 3 && even ? 'even' : 'uneven' };
}

/** keras/src/metrics/metrics_utils.py, update_confusion_matrix_variables. */
export function countConfusion(thresholds: Thresholds, predictions: Predictions): Confusion {
  const { sampleWeight, labelWeights = null, labels } = predictions;
  const [yPred, target] = sameRank(predictions.yPred, float(predictions.yTrue));
  const yTrue = tf.cast(tf.notEqual(target, 0), 'float32');
  const weights = weightsLike(yPred, sampleWeight, labelWeights);
  const [actual, other] =
    weights === null
      ? [yTrue, tf.sub(1, yTrue)]
      : [tf.mul(yTrue, weights), tf.mul(tf.sub(1, yTrue), weights)];
  const arranged = (x: tf.Tensor) => (labels === 'together' ? tf.reshape(x, [-1]) : x);
  const [positive, negative, scores] = [arranged(actual), arranged(other), arranged(yPred)];
  const count = thresholds.spacing === 'even' ? countInBuckets : countAboveEach;
  return {
    truePositives: count(thresholds.values, scores, positive),
    falsePositives: count(thresholds.values, scores, negative),
    positives: tf.sum(positive, 0),
    negatives: tf.sum(negative, 0),
  };
}

function weightsLike(
  yPred: tf.Tensor,
  sampleWeight: tf.Tensor | null,
  labelWeights: readonly number[] | null,
): tf.Tensor | null {
  const byLabel = labelWeights === null ? null : tf.tensor2d([[...labelWeights]]);
  const bySample = sampleWeight === null ? null : perPrediction(float(sampleWeight), yPred.rank);
  const both = byLabel !== null && bySample !== null ? tf.mul(byLabel, bySample) : (byLabel ?? bySample);
  return both === null ? null : tf.broadcastTo(both, yPred.shape);
}

function perPrediction(weight: tf.Tensor, rank: number): tf.Tensor {
  return weight.rank === rank ? weight : tf.expandDims(weight, -1);
}

/** Sum of the amounts whose score is above each threshold. */
function countAboveEach(thresholds: readonly number[], scores: tf.Tensor, amounts: tf.Tensor): tf.Tensor {
  const levels = tf.reshape(tf.tensor1d([...thresholds]), [-1, ...scores.shape.map(() => 1)]);
  const above = tf.cast(tf.greater(tf.expandDims(scores, 0), levels), 'float32');
  return tf.sum(tf.mul(above, tf.expandDims(amounts, 0)), 1);
}

/** The same for even thresholds: one pass over the scores, and a cumulative sum. */
function countInBuckets(thresholds: readonly number[], scores: tf.Tensor, amounts: tf.Tensor): tf.Tensor {
  const last = thresholds.length - 1;
  const place = tf.sub(tf.ceil(tf.mul(tf.clipByValue(scores, 0, 1), last)), 1);
  const isBeyondUnit = (thresholds[0] ?? 0) < 0 || (thresholds[last] ?? 1) > 1;
  const bucket = tf.cast(isBeyondUnit ? tf.relu(place) : place, 'int32');
  return tf.cumsum(bucketSums(bucket, amounts, thresholds.length), 0, false, true);
}

function bucketSums(bucket: tf.Tensor, amounts: tf.Tensor, buckets: number): tf.Tensor {
  if (bucket.rank === 1) return tf.unsortedSegmentSum(amounts, bucket as tf.Tensor1D, buckets);
  const labels = bucket.shape[1] ?? 1;
  const cell = tf.add(tf.mul(bucket, tf.scalar(labels, 'int32')), tf.range(0, labels, 1, 'int32'));
  const sums = tf.unsortedSegmentSum(
    tf.reshape(amounts, [-1]),
    tf.reshape(cell, [-1]) as tf.Tensor1D,
    buckets * labels,
  );
  return tf.reshape(sums, [buckets, labels]);
}
