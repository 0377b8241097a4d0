import { AttributeKind } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { FLOAT, nativeOperation } from './native.js';

const ATTRIBUTES = [FLOAT, { name: 'data_format', type: AttributeKind.string, value: 'NHWC' }];

/** Adds a bias along the last axis. One operation forward and one back, where a broadcast addition takes three. */
export function addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return customGradient([x, bias], (input, added) => ({
    value: nativeOperation('BiasAdd', [input!, added!], ATTRIBUTES),
    saved: [],
    gradients: (dy) => [dy, nativeOperation('BiasAddGrad', [dy], ATTRIBUTES)],
  }));
}
