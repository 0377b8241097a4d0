import { AttributeKind, typeAttribute } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { nativeOperation } from './native.js';

/**
 * A product of two tensors along labelled axes, such as "ab,bc->ac". Each label stands once in a tensor, and those of an input
 * also in the other or in the output, so that the gradients are such products themselves. TensorFlow.js's has no gradient.
 */
export function einsum(equation: string, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [first = '', second = '', output = ''] = equation.split(/,|->/);
  return customGradient([a, b], (x, y) => ({
    value: product(equation, x!, y!),
    saved: [x!, y!],
    gradients: (dz, [p, q]) => [
      product(`${output},${second}->${first}`, dz, q!),
      product(`${first},${output}->${second}`, p!, dz),
    ],
  }));
}

const product = (equation: string, a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  nativeOperation(
    'Einsum',
    [a, b],
    [
      { name: 'N', type: AttributeKind.int, value: 2 },
      { name: 'equation', type: AttributeKind.string, value: equation },
      typeAttribute('T', 'float32'),
    ],
  );

/** Gives the axes that "..." stands for in the first tensor and the output labels of their own. */
export function withoutEllipsis(equation: string, rank: number): string {
  const [input = ''] = equation.split(',');
  const count = rank - input.replace('...', '').length;
  const unused = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz').filter(
    (label) => !equation.includes(label),
  );
  return equation.replaceAll('...', unused.slice(0, count).join(''));
}
