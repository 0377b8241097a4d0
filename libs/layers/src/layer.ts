import type { JsonObject, Shape } from '@epochal/contracts';
import type { RandomSource } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';

/** A variable of a layer. `path` is Keras's, below the layer's name: `kernel`, `cell/recurrent_kernel`. */
export interface Weight {
  readonly path: string;
  readonly variable: tf.Variable;
  /** Whether gradients reach it (a moving mean is not trainable, whatever its layer says). */
  readonly trainable: boolean;
  /** Penalty added to the loss, as a scalar. */
  readonly regularizer?: (weight: tf.Tensor) => tf.Scalar;
  /** Projection applied after each update. */
  readonly constraint?: (weight: tf.Tensor) => tf.Tensor;
}

/** What a call knows beside its inputs. */
export interface CallContext {
  readonly training: boolean;
  /** Seeds for the random ops of this step, the same when the step is run again. */
  readonly random: RandomSource;
  /** Collects penalties such as ActivityRegularization's. */
  readonly addLoss: (loss: tf.Scalar) => void;
  /** Mask of each input, [batch, time] booleans, or null. */
  readonly masks: readonly (tf.Tensor | null)[];
  /** Tensors given by keyword, such as initial_state. */
  readonly keywordInputs: Readonly<Record<string, readonly tf.Tensor[]>>;
  readonly keywordArguments: JsonObject;
}
