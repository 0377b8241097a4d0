import { AttributeKind, typeAttribute, type NativeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { FLOAT, nativeOperation } from './native.js';

export type Interpolation = 'nearest' | 'bilinear';

const flags = (): NativeAttribute[] => [
  { name: 'align_corners', type: AttributeKind.bool, value: false },
  { name: 'half_pixel_centers', type: AttributeKind.bool, value: true },
];

/** tf.image.resize without antialiasing: images [batch, height, width, channels], pixels' centres at their halves. */
export function resize(x: tf.Tensor, height: number, width: number, how: Interpolation): tf.Tensor {
  const size = () => tf.tensor1d([height, width], 'int32');
  return customGradient([x], (input) => ({
    value: nativeOperation(
      how === 'bilinear' ? 'ResizeBilinear' : 'ResizeNearestNeighbor',
      [input!, size()],
      [FLOAT, ...flags()],
    ),
    saved: how === 'bilinear' ? [input!] : [],
    gradients: (dy, [original]) => [
      how === 'bilinear'
        ? nativeOperation('ResizeBilinearGrad', [dy, original!], [FLOAT, ...flags()])
        : nativeOperation(
            'ResizeNearestNeighborGrad',
            [dy, tf.tensor1d(x.shape.slice(1, 3), 'int32')],
            [typeAttribute('T', 'float32'), ...flags()],
          ),
    ],
  }));
}
