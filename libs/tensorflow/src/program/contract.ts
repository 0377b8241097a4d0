import type * as tf from '@tensorflow/tfjs-core';

/** Shape and element type of a tensor. A tensor is its own spec, and then the example that a step is recorded with. */
export interface TensorSpec {
  readonly shape: readonly number[];
  /** `float32`, `int32` or `bool`. */
  readonly dtype: tf.DataType;
}

/**
 * One step: TensorFlow.js operations from inputs to outputs. It may read and assign the program's variables, tidy and
 * take gradients. It must do the same operations each time: no value read back (`dataSync`, `arraySync`), no random
 * numbers but a `RandomSource`'s, no count or clock of its own, and no variable created or used that the program doesn't list.
 */
export type StepFunction = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

/** A loop over batches of rows. The step's inputs are one batch of each column, `[batchSize, ...row]`, then the extra inputs. */
export interface LoopDefinition {
  /** Name of the rows, as given to `GraphProgram.addData`. */
  readonly data: string;
  /** Rows a batch. A last batch that is smaller needs a loop of its own. */
  readonly batchSize: number;
  /** Specs of inputs that stay the same for all batches of one run, such as a learning rate. */
  readonly extraInputs?: readonly TensorSpec[];
  /**
   * Which steps' outputs a run returns: of the last step as they are (the default), or of every step, stacked along a new
   * first axis of length `batches`.
   */
  readonly outputs?: 'last' | 'every';
}

/** One native call that runs a loop's step for `batches` batches. */
export interface LoopRun {
  /** Row numbers in the order of training, int32. A tensor is passed without a copy. */
  readonly order: Int32Array | tf.Tensor1D;
  /** Where in `order` the first batch starts; 0 by default. */
  readonly firstRow?: number;
  readonly batches: number;
  readonly extraInputs?: readonly tf.Tensor[];
}
