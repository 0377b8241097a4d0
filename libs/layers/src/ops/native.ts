import { AttributeKind, nativeBackend, typeAttribute, type NativeAttribute } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';

/** The attribute T = float32 that most numeric operations have. */
export const FLOAT: NativeAttribute = typeAttribute('T', 'float32');

export const floatAttribute = (name: string, value: number): NativeAttribute => ({
  name,
  type: AttributeKind.float,
  value,
});

/** Runs a TensorFlow operation with one output. Gradients do not see through it: use it within `tf.customGrad`. */
export function nativeOperation(
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: readonly NativeAttribute[] = [FLOAT],
): tf.Tensor {
  return nativeBackend().executeSingleOutput(name, attributes, inputs);
}

/** Runs a TensorFlow operation with several outputs. Gradients do not see through it. */
export function nativeOperations(
  name: string,
  inputs: readonly tf.Tensor[],
  outputs: number,
  attributes: readonly NativeAttribute[] = [FLOAT],
): tf.Tensor[] {
  const backend = nativeBackend();
  return backend.binding
    .executeOp(name, attributes, backend.getInputTensorIds(inputs), outputs)
    .map((output) => backend.createOutputTensor(output));
}

/**
 * Gives an operation a gradient made of one native operation. TensorFlow.js composes many of these gradients of five or
 * more, each of which costs time in a traced step.
 * @param uses whether the gradient is computed from the operation's input or its output
 * @param argumentOrder order of the gradient operation's inputs
 */
export function withGradient(
  operation: (x: tf.Tensor) => tf.Tensor,
  gradient: string,
  uses: 'input' | 'output',
  argumentOrder: 'gradient first' | 'gradient last',
  attributes: readonly NativeAttribute[] = [FLOAT],
): (x: tf.Tensor) => tf.Tensor {
  return (input) =>
    customGradient([input], (x) => {
      const value = operation(x as tf.Tensor);
      return {
        value,
        saved: [uses === 'input' ? (x as tf.Tensor) : value],
        gradients: (dy, [used]) => {
          const inputs = argumentOrder === 'gradient first' ? [dy, used!] : [used!, dy];
          return [nativeOperation(gradient, inputs, attributes)];
        },
      };
    });
}
