import type { KerasObject } from '@epochal/contracts';
import type * as tf from '@tensorflow/tfjs-core';

/** A trainable weight, in the order of the model's weights. */
export interface TrainableWeight {
  readonly path: string;
  readonly variable: tf.Variable;
  /** Applied after each update, as Keras's optimizers do. */
  readonly constraint?: KerasObject | null | undefined;
}

/** A variable that an optimizer keeps beside the weights. */
export interface OptimizerSlot {
  /** Keras's name: `momentum`, `velocity`. */
  readonly name: string;
  /** Path of the weight that it belongs to; null for one of the optimizer as a whole. */
  readonly weightPath: string | null;
  readonly variable: tf.Variable;
}

/** A Keras optimizer. All that changes is in variables, so a step with it can be traced. */
export interface Optimizer {
  /** Keras's class name. */
  readonly className: string;
  /** Number of steps done, int32. */
  readonly iterations: tf.Variable;
  /** Settable between steps, float32; null where a schedule computes the rate from the iterations. */
  readonly learningRate: tf.Variable | null;
  /** In Keras's order of saving, after `iteration` and, unless there is a schedule, `learning_rate`. */
  readonly slots: readonly OptimizerSlot[];
  /** Multiply the loss with it before taking gradients; the optimizer divides them by it. Null for none. */
  readonly lossScale: number | null;
  /** The rate that the next step uses. */
  currentLearningRate(): tf.Scalar;
  /**
   * Does one step: clips and accumulates gradients, decays weights, updates them and applies their constraints.
   * @param gradients of the weights, in their order; null where a weight has no part in the loss
   */
  apply(gradients: readonly (tf.Tensor | null)[]): void;
  /** Puts the moving averages in the place of the weights, as Keras does after training with `use_ema`; else does nothing. */
  finalizeWeights(): void;
}
