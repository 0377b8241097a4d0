import type { ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Mask } from '../layer.js';
import { float } from '../ops/elementwise.js';
import { sameRank } from '../ops/same-rank.js';
import type { Loss, Reduction } from './loss.js';
import { lossFunction } from './loss-function.js';
import { reduceValues } from './reduction.js';

/**
 * A loss from what `resolveLoss` of `@epochal/model-spec` gave.
 * @throws RangeError for a class that is not a loss, which `resolveLoss` never gives
 */
export function createLoss({ class_name, config }: ResolvedObject): Loss {
  const compute = lossFunction(class_name, config);
  const reduction = config['reduction'] as Reduction;
  const isPlainMean =
    reduction === 'sum_over_batch_size' || reduction === 'mean' || reduction === 'mean_with_sample_weight';
  const aligned = (yTrue: tf.Tensor, yPred: tf.Tensor) => sameRank(float(yTrue), yPred);
  return {
    name: typeof config['name'] === 'string' ? config['name'] : class_name,
    values: (yTrue, yPred) => compute.values(...aligned(yTrue, yPred)),
    compute(yTrue, yPred, sampleWeight = null, mask = null) {
      const [target, output] = aligned(yTrue, yPred);
      if (compute.mean !== undefined && isPlainMean && sampleWeight === null && mask === null) {
        return compute.mean(target, output);
      }
      const values = compute.values(target, output);
      const own = compute.mask?.(target, values) ?? null;
      return reduceValues(values, sampleWeight, both(mask, own), reduction);
    },
  };
}

function both(a: Mask, b: Mask): Mask {
  if (a === null || b === null) return a ?? b;
  return tf.logicalAnd(a, b);
}
