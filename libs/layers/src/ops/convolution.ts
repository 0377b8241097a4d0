import { AttributeKind, typeAttribute, type NativeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { FLOAT, nativeOperation } from './native.js';

/** How a window moves along the spatial axes. Inputs are channels last: [batch, ...spatial, channels]. */
export interface Stride {
  readonly strides: readonly number[];
  readonly padding: 'SAME' | 'VALID';
}

interface Operations {
  readonly forward: string;
  readonly backwardInput: string;
  readonly backwardFilter: string;
  readonly format: string;
  /** The operation that takes a shape as its first input has its type as an attribute in some cases. */
  readonly shapeType: readonly NativeAttribute[];
}

const CONVOLUTION_2D: Operations = {
  forward: 'Conv2D',
  backwardInput: 'Conv2DBackpropInput',
  backwardFilter: 'Conv2DBackpropFilter',
  format: 'NHWC',
  shapeType: [],
};
const CONVOLUTION_3D: Operations = {
  forward: 'Conv3D',
  backwardInput: 'Conv3DBackpropInputV2',
  backwardFilter: 'Conv3DBackpropFilterV2',
  format: 'NDHWC',
  shapeType: [typeAttribute('Tshape', 'int32')],
};
const DEPTHWISE: Operations = {
  forward: 'DepthwiseConv2dNative',
  backwardInput: 'DepthwiseConv2dNativeBackpropInput',
  backwardFilter: 'DepthwiseConv2dNativeBackpropFilter',
  format: 'NHWC',
  shapeType: [],
};

const attributesOf = ({ format }: Operations, { strides, padding }: Stride): NativeAttribute[] => [
  FLOAT,
  { name: 'strides', type: AttributeKind.int, value: [1, ...strides, 1] },
  { name: 'padding', type: AttributeKind.string, value: padding },
  { name: 'data_format', type: AttributeKind.string, value: format },
];

const shapeTensor = (shape: readonly number[]) => tf.tensor1d([...shape], 'int32');

const forward = (of: Operations, stride: Stride, x: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
  nativeOperation(of.forward, [x, kernel], attributesOf(of, stride));

const backwardInput = (
  of: Operations,
  stride: Stride,
  shape: readonly number[],
  kernel: tf.Tensor,
  dy: tf.Tensor,
) =>
  nativeOperation(
    of.backwardInput,
    [shapeTensor(shape), kernel, dy],
    [...attributesOf(of, stride), ...of.shapeType],
  );

const backwardFilter = (
  of: Operations,
  stride: Stride,
  x: tf.Tensor,
  shape: readonly number[],
  dy: tf.Tensor,
) => nativeOperation(of.backwardFilter, [x, shapeTensor(shape), dy], attributesOf(of, stride));

function convolveWith(of: Operations, x: tf.Tensor, kernel: tf.Tensor, stride: Stride): tf.Tensor {
  return customGradient([x, kernel], (input, filter) => ({
    value: forward(of, stride, input!, filter!),
    saved: [input!, filter!],
    gradients: (dy, [from, with_]) => [
      backwardInput(of, stride, from!.shape, with_!, dy),
      backwardFilter(of, stride, from!, with_!.shape, dy),
    ],
  }));
}

/** A line becomes an image of height 1: TensorFlow has no convolution of lines. */
const asImage = (x: tf.Tensor): tf.Tensor => tf.expandDims(x, 1);

/** @param kernel [...window, input channels, output channels] */
export function convolve(x: tf.Tensor, kernel: tf.Tensor, stride: Stride): tf.Tensor {
  if (x.rank !== 3) return convolveWith(x.rank === 4 ? CONVOLUTION_2D : CONVOLUTION_3D, x, kernel, stride);
  const flat = { ...stride, strides: [1, ...stride.strides] };
  return tf.squeeze(convolveWith(CONVOLUTION_2D, asImage(x), tf.expandDims(kernel, 0), flat), [1]);
}

/** Each channel is convolved by itself. @param kernel [...window, channels, outputs a channel] */
export function convolveDepthwise(x: tf.Tensor, kernel: tf.Tensor, stride: Stride): tf.Tensor {
  if (x.rank !== 3) return convolveWith(DEPTHWISE, x, kernel, stride);
  // The operation takes equal strides only; along a height of 1 they do nothing.
  const flat = { ...stride, strides: [stride.strides[0] ?? 1, stride.strides[0] ?? 1] };
  return tf.squeeze(convolveWith(DEPTHWISE, asImage(x), tf.expandDims(kernel, 0), flat), [1]);
}

/**
 * The gradient of a convolution as a layer of its own.
 * @param kernel [...window, output channels, input channels]
 * @param spatial lengths of the output's spatial axes
 */
export function convolveTransposed(
  x: tf.Tensor,
  kernel: tf.Tensor,
  spatial: readonly number[],
  stride: Stride,
): tf.Tensor {
  if (x.rank === 3) {
    const flat = { ...stride, strides: [1, ...stride.strides] };
    const image = convolveTransposed(asImage(x), tf.expandDims(kernel, 0), [1, ...spatial], flat);
    return tf.squeeze(image, [1]);
  }
  const of = x.rank === 4 ? CONVOLUTION_2D : CONVOLUTION_3D;
  const shape = [x.shape[0] ?? 1, ...spatial, kernel.shape.at(-2) ?? 1];
  return customGradient([x, kernel], (input, filter) => ({
    value: backwardInput(of, stride, shape, filter!, input!),
    saved: [input!, filter!],
    gradients: (dy, [from, with_]) => [
      forward(of, stride, dy, with_!),
      backwardFilter(of, stride, dy, with_!.shape, from!),
    ],
  }));
}
