import type * as tf from '@tensorflow/tfjs-core';

/** The next states from the inputs of a step, one tensor a group of gates, and the states; the first state is the output. */
export type CellStep = (inputs: readonly tf.Tensor[], states: readonly tf.Tensor[]) => tf.Tensor[];
