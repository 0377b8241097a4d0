import type { KerasObject } from '@epochal/contracts';
import type { WeightSpec } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';

interface UnitForgetBias {
  readonly class_name: 'UnitForgetBias';
  readonly config: { readonly bias_initializer: KerasObject };
}

/** Not a class of Keras: its LSTM makes this initializer from its options (keras/src/layers/rnn/lstm.py). */
export const isUnitForgetBias = (initializer: unknown): initializer is UnitForgetBias =>
  typeof initializer === 'object' &&
  initializer !== null &&
  (initializer as { class_name: unknown }).class_name === 'UnitForgetBias';

/** Ones for the forget gate, the second of four; what the initializer gives for the others. */
export function unitForgetBias(
  spec: WeightSpec,
  { config }: UnitForgetBias,
  initialize: (spec: WeightSpec, seed: tf.Tensor1D) => tf.Tensor,
  seed: tf.Tensor1D,
): tf.Tensor {
  return tf.tidy(() => {
    const units = (spec.shape[0] ?? 0) / 4;
    const part = (size: number) =>
      initialize({ ...spec, shape: [size], initializer: config.bias_initializer }, seed);
    return tf.concat([part(units), tf.ones([units]), part(2 * units)]);
  });
}
