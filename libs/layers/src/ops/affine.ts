import { AttributeKind, typeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { nativeOperation } from './native.js';

export interface Fill {
  readonly fill_mode: 'constant' | 'reflect' | 'wrap' | 'nearest';
  readonly fill_value: number;
  readonly interpolation: 'nearest' | 'bilinear';
}

/**
 * Moves images [batch, height, width, channels]: the pixel (x, y) comes from (a0 x + a1 y + a2, b0 x + b1 y + b2).
 * @param transforms [batch, 8]: a0, a1, a2, b0, b1, b2, 0, 0
 */
export function moveImages(images: tf.Tensor, transforms: tf.Tensor, fill: Fill): tf.Tensor {
  return customGradient([images], (x) => ({
    value: nativeOperation(
      'ImageProjectiveTransformV3',
      [x!, transforms, tf.tensor1d(images.shape.slice(1, 3), 'int32'), tf.scalar(fill.fill_value)],
      [
        typeAttribute('dtype', 'float32'),
        { name: 'interpolation', type: AttributeKind.string, value: fill.interpolation.toUpperCase() },
        { name: 'fill_mode', type: AttributeKind.string, value: fill.fill_mode.toUpperCase() },
      ],
    ),
    saved: [],
    gradients: () => {
      throw new RangeError(
        'Layers that move images have no gradient here: put them before all layers with weights, as for data augmentation',
      );
    },
  }));
}
