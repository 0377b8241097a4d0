import type { JsonObject } from '@epochal/contracts';
import type { RandomSource } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * The computation of a Keras layer class; its config, shapes and weights stand in `@epochal/model-spec`. It is a function of
 * its arguments: what changes state goes through the context, so that a step can be traced and run again.
 */
export interface LayerImplementation<Config extends JsonObject = JsonObject> {
  readonly className: string;
  /** `weights` holds the current value of each variable by its path below the layer. */
  call(
    config: Config,
    inputs: readonly tf.Tensor[],
    weights: Readonly<Record<string, tf.Tensor>>,
    context: CallContext,
  ): tf.Tensor[];
  /** Whether `call` adds the penalties of the activity regularizer; else those of all outputs are added for it. */
  readonly activityPenalty?: 'added by the layer';
  /** Masks of the outputs. By default each output gets the mask of the first input that has one. */
  computeMasks?(config: Config, inputs: readonly tf.Tensor[], masks: readonly Mask[]): Mask[];
}

/** Booleans [batch, time], true where a step counts; null where every step does. */
export type Mask = tf.Tensor | null;

/** What a call knows beside its inputs and weights. */
export interface CallContext {
  readonly training: boolean;
  /** Seeds for the random ops of this step, the same when the step is run again. */
  readonly random: RandomSource;
  readonly masks: readonly Mask[];
  /** Tensors given by keyword, such as initial_state. */
  readonly keywordInputs: Readonly<Record<string, readonly tf.Tensor[]>>;
  readonly keywordArguments: JsonObject;
  /** Adds a penalty to the loss, as ActivityRegularization does. */
  addLoss(loss: tf.Scalar): void;
  /** Gives a variable its next value, as BatchNormalization does with its moving mean. */
  updateWeight(path: string, value: tf.Tensor): void;
}
