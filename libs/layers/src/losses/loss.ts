import type * as tf from '@tensorflow/tfjs-core';
import type { Mask } from '../layer.js';

/** A Keras loss. Gradients reach predictions only: targets and weights count as constants. */
export interface Loss {
  /** Keras's name of the loss. */
  readonly name: string;
  /**
   * The loss of each sample, and of each step where outputs have steps.
   * @param yTrue targets; any number type
   * @param yPred predictions, float32
   */
  values(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor;
  /**
   * The loss of the batch, reduced as the loss's `reduction` says: a scalar, unless the reduction is "none".
   * @param sampleWeight one weight a sample, or a step
   * @param mask true where a step counts
   */
  compute(yTrue: tf.Tensor, yPred: tf.Tensor, sampleWeight?: tf.Tensor | null, mask?: Mask): tf.Tensor;
}

export type Reduction = 'sum_over_batch_size' | 'mean' | 'sum' | 'mean_with_sample_weight' | 'none';

/** What a loss class computes, without weights and reduction. `yTrue` is float32 and of the predictions' rank where that fits. */
export interface LossFunction {
  values(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor;
  /** The mean of all values, where it can be had in fewer operations. */
  mean?(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor;
  /** True for the values that count, where the loss itself leaves some out. */
  mask?(yTrue: tf.Tensor, values: tf.Tensor): tf.Tensor;
}
