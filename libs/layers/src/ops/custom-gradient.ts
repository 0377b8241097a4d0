import * as tf from '@tensorflow/tfjs-core';

export interface Differentiable {
  readonly value: tf.Tensor;
  /** Tensors that the gradient needs. Others that the operation makes are disposed of before it is computed. */
  readonly saved: readonly tf.Tensor[];
  /** Gradients of the inputs, in their order. */
  gradients(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[];
}

/** An operation with a gradient of its own; what it computes inside is not differentiated. */
export function customGradient(
  inputs: readonly tf.Tensor[],
  operation: (...inputs: tf.Tensor[]) => Differentiable,
): tf.Tensor {
  return tf.customGrad((...argumentsAndSave) => {
    const save = argumentsAndSave.at(-1) as (tensors: tf.Tensor[]) => void;
    const { value, saved, gradients } = operation(...(argumentsAndSave.slice(0, -1) as tf.Tensor[]));
    save([...saved]);
    return { value, gradFunc: (dy, kept) => gradients(dy, kept) };
  })(...inputs);
}
