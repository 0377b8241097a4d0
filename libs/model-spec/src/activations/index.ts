import { z } from 'zod';
import { catalogueOf, type ComponentDefinition } from '../catalogue/component-definition.js';
import { createResolver } from '../catalogue/resolve.js';

const plain = (className: string, ...aliases: string[]): ComponentDefinition => ({
  className,
  aliases,
  config: z.strictObject({}),
});

/** Keras's activation functions (keras/src/activations) by function name, with their default arguments. */
export const ACTIVATIONS: Record<string, ComponentDefinition> = catalogueOf([
  plain('linear'),
  plain('relu'),
  plain('relu6'),
  plain('leaky_relu'),
  plain('elu'),
  plain('celu'),
  plain('selu'),
  plain('gelu'),
  plain('glu'),
  plain('silu', 'swish'),
  plain('hard_silu', 'hard_swish'),
  plain('mish'),
  plain('sigmoid'),
  plain('hard_sigmoid'),
  // What Keras 2 and TensorFlow.js call hard_sigmoid is another function; their models are read with this name.
  plain('keras_2_hard_sigmoid'),
  plain('log_sigmoid'),
  plain('sparse_sigmoid'),
  plain('tanh'),
  plain('hard_tanh'),
  plain('tanh_shrink'),
  plain('soft_shrink'),
  plain('hard_shrink'),
  plain('softmax'),
  plain('log_softmax'),
  plain('sparsemax'),
  plain('softplus'),
  plain('softsign'),
  plain('squareplus'),
  plain('sparse_plus'),
  plain('exponential'),
]);

const resolver = createResolver('activation', ACTIVATIONS);

/** The name of the activation function that a name or serialised function stands for. @throws UnknownNameError */
export const resolveActivation = (name: string, field: string): string =>
  resolver.find(name, field).className;
