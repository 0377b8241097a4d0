import * as tf from '@tensorflow/tfjs-core';
import type { Mask } from '../layer.js';
import { applyMask } from '../losses/reduction.js';
import { divideNoNan, float } from '../ops/elementwise.js';
import { sameRank } from '../ops/same-rank.js';
import { addTo, zeroVariable, type MetricState } from './metric.js';

type Values = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

export interface MeanOptions {
  /** True for values that count, where the metric leaves some out. */
  readonly mask?: (yTrue: tf.Tensor, values: tf.Tensor) => tf.Tensor;
  readonly result?: (mean: tf.Tensor) => tf.Tensor;
}

/** Mean of one value a sample, weighted by samples (keras/src/metrics/reduction_metrics.py, MeanMetricWrapper). */
export function meanMetric(values: Values, { mask: own, result }: MeanOptions = {}): MetricState {
  const total = zeroVariable();
  const count = zeroVariable();
  return {
    variables: [total, count],
    update(yTrue, yPred, sampleWeight, mask) {
      const [target, output] = sameRank(float(yTrue), yPred);
      const each = float(values(target, output));
      const weight = weightOf(sampleWeight, mask, own?.(target, each) ?? null);
      const batch = weight === null ? unweighted(each) : weighted(each, weight);
      addTo(total, batch.total);
      addTo(count, batch.count);
    },
    result() {
      const mean = divideNoNan(total, count);
      return result?.(mean) ?? mean;
    },
  };
}

interface BatchTotal {
  readonly total: tf.Tensor;
  readonly count: tf.Tensor;
}

/** Keras applies a mask of the values themselves only where there are weights already. */
function weightOf(sampleWeight: tf.Tensor | null, mask: Mask, own: Mask): tf.Tensor | null {
  const weight = applyMask(sampleWeight, mask, 'sum');
  return weight === null ? null : applyMask(weight, own, 'sum');
}

function unweighted(values: tf.Tensor): BatchTotal {
  const samples = values.rank === 0 ? 1 : (values.shape[0] ?? 1);
  const perSample = values.size / samples;
  const sum = tf.sum(values);
  return { total: perSample === 1 ? sum : tf.mul(sum, 1 / perSample), count: tf.scalar(samples) };
}

/** keras/src/metrics/reduction_metrics.py, reduce_to_samplewise_values. */
function weighted(values: tf.Tensor, weight: tf.Tensor): BatchTotal {
  const [aligned, weights] = sameRank(values, weight);
  const reduced = meanFrom(aligned, weights.rank);
  const spread = tf.broadcastTo(weights, reduced.shape);
  return {
    total: tf.sum(meanFrom(tf.mul(reduced, spread), 1)),
    count: tf.sum(meanFrom(spread, 1)),
  };
}

/** Mean over the axes from this one on. */
const meanFrom = (x: tf.Tensor, axis: number): tf.Tensor =>
  x.rank <= axis ? x : tf.mean(x, [...x.shape.keys()].slice(axis));
