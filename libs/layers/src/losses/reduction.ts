import * as tf from '@tensorflow/tfjs-core';
import type { Mask } from '../layer.js';
import { divideNoNan, float } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import { sameRank } from '../ops/same-rank.js';
import type { Reduction } from './loss.js';

/** keras/src/losses/loss.py, reduce_weighted_values. */
export function reduceValues(
  values: tf.Tensor,
  sampleWeight: tf.Tensor | null,
  mask: Mask,
  reduction: Reduction,
): tf.Tensor {
  const weights = applyMask(sampleWeight, mask, reduction);
  if (weights === null) return reduce(values, null, reduction);
  const [alignedValues, alignedWeights] = sameRank(values, weights);
  return reduce(tf.mul(alignedValues, alignedWeights), alignedWeights, reduction);
}

function reduce(values: tf.Tensor, weights: tf.Tensor | null, reduction: Reduction): tf.Tensor {
  if (reduction === 'none' || values.rank === 0) return values;
  const total = sum(values);
  if (reduction === 'sum') return total;
  if (reduction === 'mean_with_sample_weight' && weights !== null) return divideNoNan(total, tf.sum(weights));
  return values.size === 0 ? total : tf.mul(total, 1 / values.size);
}

/**
 * Weights that leave out what the mask does (keras/src/losses/loss.py, apply_mask). A mean stays one over all values, so the
 * values that count weigh more there.
 */
export function applyMask(
  sampleWeight: tf.Tensor | null,
  mask: Mask,
  reduction: Reduction,
): tf.Tensor | null {
  if (mask === null) return sampleWeight === null ? null : float(sampleWeight);
  const counted = float(mask);
  const isMean = reduction === 'mean' || reduction === 'sum_over_batch_size';
  const scaled = isMean ? tf.mul(counted, divideNoNan(tf.scalar(mask.size), tf.sum(counted))) : counted;
  if (sampleWeight === null) return scaled;
  const [alignedMask, alignedWeight] = sameRank(scaled, float(sampleWeight));
  return tf.mul(alignedWeight, alignedMask);
}
