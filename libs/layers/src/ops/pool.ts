import { AttributeKind, typeAttribute, type NativeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { FLOAT, nativeOperation } from './native.js';

export interface PoolWindow {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'SAME' | 'VALID';
}

export type PoolKind = 'max' | 'average';

const OPERATIONS = {
  max: { 4: ['MaxPool', 'MaxPoolGrad'], 5: ['MaxPool3D', 'MaxPool3DGrad'] },
  average: { 4: ['AvgPool', 'AvgPoolGrad'], 5: ['AvgPool3D', 'AvgPool3DGrad'] },
} as const;

/** Pools channels-last lines, images or volumes. A mean counts only what is inside the input. */
export function pool(x: tf.Tensor, kind: PoolKind, window: PoolWindow): tf.Tensor {
  if (x.rank === 3) {
    const flat = { ...window, size: [1, ...window.size], strides: [1, ...window.strides] };
    return tf.squeeze(pool(tf.expandDims(x, 1), kind, flat), [1]);
  }
  const rank = x.rank === 4 ? 4 : 5;
  const [forward, backward] = OPERATIONS[kind][rank];
  const attributes = attributesOf(window, rank);
  return customGradient([x], (input) => {
    const value = nativeOperation(forward, [input!], attributes);
    return {
      value,
      saved: kind === 'max' ? [input!, value] : [],
      gradients: (dy, saved) => {
        if (kind === 'average') {
          return [nativeOperation(backward, [tf.tensor1d(x.shape, 'int32'), dy], attributes)];
        }
        const types = rank === 5 ? [...attributes, typeAttribute('TInput', 'float32')] : attributes;
        return [nativeOperation(backward, [...saved, dy], types)];
      },
    };
  });
}

const attributesOf = ({ size, strides, padding }: PoolWindow, rank: 4 | 5): NativeAttribute[] => [
  FLOAT,
  { name: 'ksize', type: AttributeKind.int, value: [1, ...size, 1] },
  { name: 'strides', type: AttributeKind.int, value: [1, ...strides, 1] },
  { name: 'padding', type: AttributeKind.string, value: padding },
  { name: 'data_format', type: AttributeKind.string, value: rank === 4 ? 'NHWC' : 'NDHWC' },
];
