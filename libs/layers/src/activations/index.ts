import type { ActivationValue } from '@epochal/model-spec';
import type * as tf from '@tensorflow/tfjs-core';
import { elu } from '../ops/elementwise.js';
import { rememberLogits } from '../ops/logits.js';
import { scaledElu } from './elu.js';
import { ACTIVATION_FUNCTIONS, type Activation } from './functions.js';
import { generalRelu, leakyRelu, type ReluOptions } from './relu.js';
import { softmax } from './softmax.js';

export type { Activation } from './functions.js';

/** The function that a validated activation stands for. Softmax and sigmoid remember their logits for the crossentropies. */
export function activationOf(activation: ActivationValue): Activation {
  if (typeof activation === 'string') return functionNamed(activation);
  const { class_name, config } = activation;
  switch (class_name) {
    case 'ReLU':
      return (x) => generalRelu(x, config as unknown as ReluOptions);
    case 'LeakyReLU':
      return (x) => leakyRelu(x, config['negative_slope'] as number);
    case 'ELU':
      return config['alpha'] === 1 ? elu : (x) => scaledElu(x, config['alpha'] as number);
    case 'Softmax':
      return (x) => softmaxWithLogits(x, config['axis'] as number | number[]);
    default:
      return activationOf(config['activation'] as ActivationValue);
  }
}

/** keras.activations.softmax: the crossentropies find its logits. */
export const softmaxWithLogits = (x: tf.Tensor, axis: number | readonly number[]): tf.Tensor =>
  rememberLogits(softmax(x, axis), x);

function functionNamed(name: string): Activation {
  const activation = ACTIVATION_FUNCTIONS[name];
  if (activation === undefined) throw new RangeError(`There is no activation function "${name}"`);
  return activation;
}
