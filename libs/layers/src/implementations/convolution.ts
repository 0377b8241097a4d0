import type { LayerConfig } from '@epochal/model-spec';
import { LAYERS } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import { activationOf } from '../activations/index.js';
import { addBias } from '../ops/bias.js';
import { channelsLast } from '../ops/channels.js';
import { convolve, convolveDepthwise, convolveTransposed, type Stride } from '../ops/convolution.js';
import { withDilation, type DilatedWindow } from '../ops/dilation.js';
import { implement, only, weightOf, type Weights } from './implement.js';

type WindowConfig = Pick<LayerConfig<'Conv1D'>, 'kernel_size' | 'strides' | 'dilation_rate' | 'padding'>;

const windowOf = ({ kernel_size, strides, dilation_rate, padding }: WindowConfig): DilatedWindow => ({
  size: kernel_size,
  strides,
  dilation: dilation_rate,
  padding: padding === 'same' ? 'SAME' : 'VALID',
});

type OutputConfig = Pick<LayerConfig<'Conv1D'>, 'use_bias' | 'activation' | 'data_format'>;

/** What is the same for all convolutions: the channels' place, the bias, the activation. */
function finished(
  config: OutputConfig,
  x: tf.Tensor,
  weights: Weights,
  operation: (x: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const shifted = channelsLast(x, config.data_format, (input) => {
    const output = operation(input);
    return config.use_bias ? addBiasAnyRank(output, weightOf(weights, 'bias')) : output;
  });
  return activationOf(config.activation)(shifted);
}

/** The native operation stops at five axes. */
const addBiasAnyRank = (x: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  x.rank <= 5 ? addBias(x, bias) : tf.add(x, bias);

/** Groups of channels are convolved by themselves: on a CPU there is no gradient for groups. */
function inGroups(x: tf.Tensor, kernel: tf.Tensor, groups: number, stride: Stride): tf.Tensor {
  if (groups === 1) return convolve(x, kernel, stride);
  const inputs = tf.split(x, groups, -1);
  const kernels = tf.split(kernel, groups, -1);
  return tf.concat(
    inputs.map((input, index) => convolve(input, kernels[index]!, stride)),
    -1,
  );
}

/** Zeros before the first step, so that no step sees a later one. */
function padCausally(x: tf.Tensor, { kernel_size, dilation_rate }: WindowConfig): tf.Tensor {
  const before = dilation_rate[0]! * (kernel_size[0]! - 1);
  return tf.pad(x, [
    [0, 0],
    [before, 0],
    [0, 0],
  ]);
}

const convolution = <const Name extends 'Conv1D' | 'Conv2D' | 'Conv3D'>(className: Name) =>
  implement(className, {
    call: (config, inputs, weights) =>
      finished(config, only(inputs), weights, (input) => {
        const padded = config.padding === 'causal' ? padCausally(input, config) : input;
        const kernel = weightOf(weights, 'kernel');
        return withDilation(padded, windowOf(config), (x, stride) =>
          inGroups(x, kernel, config.groups, stride),
        );
      }),
  });

const transposed = <const Name extends 'Conv1DTranspose' | 'Conv2DTranspose' | 'Conv3DTranspose'>(
  className: Name,
) =>
  implement(className, {
    call(config, inputs, weights) {
      const input = only(inputs);
      const [shape] = LAYERS[className]!.outputShapes(config, [input.shape]);
      const spatial = (
        config.data_format === 'channels_last' ? shape!.slice(1, -1) : shape!.slice(2)
      ) as number[];
      return finished(config, input, weights, (x) =>
        convolveTransposed(
          x,
          withHoles(weightOf(weights, 'kernel'), config.dilation_rate),
          spatial,
          windowOf(config),
        ),
      );
    },
  });

/** The kernel with zeros between its rows, which is what dilation means. */
function withHoles(kernel: tf.Tensor, dilation: readonly number[]): tf.Tensor {
  return dilation.reduce((from, rate, axis) => {
    if (rate === 1) return from;
    const [before, size, after] = [from.shape.slice(0, axis), from.shape[axis]!, from.shape.slice(axis + 1)];
    const apart = tf.reshape(from, [...before, size, 1, ...after]);
    const padded = tf.pad(
      apart,
      apart.shape.map((_size, index): [number, number] => (index === axis + 1 ? [0, rate - 1] : [0, 0])),
    );
    const joined = tf.reshape(padded, [...before, size * rate, ...after]);
    return tf.slice(
      joined,
      joined.shape.map(() => 0),
      [...before, (size - 1) * rate + 1, ...after],
    );
  }, kernel);
}

const depthwise = <const Name extends 'DepthwiseConv1D' | 'DepthwiseConv2D'>(className: Name) =>
  implement(className, {
    call: (config, inputs, weights) =>
      finished(config, only(inputs), weights, (input) =>
        withDilation(input, windowOf(config), (x, stride) =>
          convolveDepthwise(x, weightOf(weights, 'kernel'), stride),
        ),
      ),
  });

const separable = <const Name extends 'SeparableConv1D' | 'SeparableConv2D'>(className: Name) =>
  implement(className, {
    call: (config, inputs, weights) =>
      finished(config, only(inputs), weights, (input) => {
        const deep = withDilation(input, windowOf(config), (x, stride) =>
          convolveDepthwise(x, weightOf(weights, 'depthwise_kernel'), stride),
        );
        const strides = config.kernel_size.map(() => 1);
        return convolve(deep, weightOf(weights, 'pointwise_kernel'), { strides, padding: 'VALID' });
      }),
  });

export const convolutionImplementations = [
  convolution('Conv1D'),
  convolution('Conv2D'),
  convolution('Conv3D'),
  transposed('Conv1DTranspose'),
  transposed('Conv2DTranspose'),
  transposed('Conv3DTranspose'),
  depthwise('DepthwiseConv1D'),
  depthwise('DepthwiseConv2D'),
  separable('SeparableConv1D'),
  separable('SeparableConv2D'),
];
