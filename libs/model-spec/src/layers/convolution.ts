import { positiveInteger } from '../catalogue/fields.js';
import { ShapeError, type WeightSpec } from '../layer-definition.js';
import {
  stridesWithoutDilation,
  validOrSame,
  validSameOrCausal,
  windowFields,
} from './convolution-fields.js';
import { perAxis } from './data-format.js';
import { defineLayer } from './define-layer.js';
import { trainableWeight, weightFields } from './weight-fields.js';
import {
  knownChannels,
  spatialInput,
  spatialShape,
  windowed,
  type Dimensions,
  type Padding,
} from './window-shapes.js';

interface WindowConfig {
  readonly kernel_size: readonly number[];
  readonly strides: readonly number[];
  readonly dilation_rate: readonly number[];
  readonly padding: Padding;
}

const windows = ({ kernel_size, strides, dilation_rate, padding }: WindowConfig) =>
  kernel_size.map((size, axis) => ({
    size,
    stride: strides[axis] ?? 1,
    dilation: dilation_rate[axis] ?? 1,
    padding,
  }));

function convolution<const Name extends string>(className: Name, dimensions: Dimensions) {
  return defineLayer({
    className,
    fields: {
      filters: positiveInteger,
      ...windowFields(dimensions),
      padding: validSameOrCausal,
      groups: positiveInteger.default(1),
      ...weightFields('kernel', 'glorot_uniform'),
    },
    inspect(config) {
      if (config.padding === 'causal' && dimensions !== 1) {
        return { path: ['padding'], message: `expected "valid" or "same"; "causal" is for Conv1D` };
      }
      if (config.filters % config.groups !== 0) {
        return {
          path: ['groups'],
          message: `expected a divisor of the number of filters, ${config.filters}`,
        };
      }
      return stridesWithoutDilation(config);
    },
    outputShapes(config, inputs) {
      const input = spatialInput(className, dimensions, config.data_format, inputs);
      const channels = knownChannels(className, input);
      if (channels % config.groups !== 0) {
        throw new ShapeError(
          `${className} has ${config.groups} groups, which do not divide ${channels} channels`,
        );
      }
      const spatial = windowed(className, input.spatial, windows(config));
      return [spatialShape({ ...input, spatial, channels: config.filters }, config.data_format)];
    },
    weights(config, inputs) {
      const channels = knownChannels(
        className,
        spatialInput(className, dimensions, config.data_format, inputs),
      );
      const shape = [...config.kernel_size, channels / config.groups, config.filters];
      return withBias(config, trainableWeight(config, 'kernel', shape), config.filters);
    },
  });
}

type BiasConfig = { use_bias: boolean } & Parameters<typeof trainableWeight<'bias'>>[0];

const withBias = (config: BiasConfig, kernel: WeightSpec, size: number): WeightSpec[] =>
  config.use_bias ? [kernel, trainableWeight(config, 'bias', [size])] : [kernel];

/** Length of a line that a transposed convolution makes (keras/src/backend/common/backend_utils.py). */
function transposedLength(
  length: number,
  size: number,
  stride: number,
  padding: Padding,
  extra: number | null,
): number {
  if (padding === 'valid') return (length - 1) * stride + size + (extra ?? Math.max(size, stride) - size);
  return extra === null ? length * stride : (length - 1) * stride + (size % 2) + extra;
}

function transposed<const Name extends string>(className: Name, dimensions: Dimensions) {
  return defineLayer({
    className,
    fields: {
      filters: positiveInteger,
      ...windowFields(dimensions),
      padding: validOrSame,
      output_padding: perAxis(dimensions, positiveInteger.min(0)).nullable().default(null),
      ...weightFields('kernel', 'glorot_uniform'),
    },
    inspect(config) {
      const tooMuch = config.output_padding?.some((extra, axis) => extra >= (config.strides[axis] ?? 1));
      if (tooMuch === true) return { path: ['output_padding'], message: 'expected less than the strides' };
      return stridesWithoutDilation(config);
    },
    outputShapes(config, inputs) {
      const input = spatialInput(className, dimensions, config.data_format, inputs);
      const spatial = input.spatial.map((length, axis) => {
        const size = (config.kernel_size[axis]! - 1) * config.dilation_rate[axis]! + 1;
        const extra = config.output_padding?.[axis] ?? null;
        if (length === null) return null;
        return transposedLength(length, size, config.strides[axis]!, config.padding, extra);
      });
      return [spatialShape({ ...input, spatial, channels: config.filters }, config.data_format)];
    },
    weights(config, inputs) {
      const channels = knownChannels(
        className,
        spatialInput(className, dimensions, config.data_format, inputs),
      );
      const kernel = trainableWeight(config, 'kernel', [...config.kernel_size, config.filters, channels]);
      return withBias(config, kernel, config.filters);
    },
  });
}

function depthwise<const Name extends string>(className: Name, dimensions: 1 | 2) {
  return defineLayer({
    className,
    fields: {
      ...windowFields(dimensions),
      padding: validOrSame,
      depth_multiplier: positiveInteger.default(1),
      ...weightFields('depthwise', 'glorot_uniform'),
    },
    outputShapes(config, inputs) {
      const input = spatialInput(className, dimensions, config.data_format, inputs);
      const spatial = windowed(className, input.spatial, windows(config));
      const channels = knownChannels(className, input) * config.depth_multiplier;
      return [spatialShape({ ...input, spatial, channels }, config.data_format)];
    },
    weights(config, inputs) {
      const channels = knownChannels(
        className,
        spatialInput(className, dimensions, config.data_format, inputs),
      );
      const shape = [...config.kernel_size, channels, config.depth_multiplier];
      const kernel = trainableWeight(config, 'depthwise', shape, 'kernel');
      return withBias(config, kernel, channels * config.depth_multiplier);
    },
  });
}

function separable<const Name extends string>(className: Name, dimensions: 1 | 2) {
  return defineLayer({
    className,
    fields: {
      filters: positiveInteger,
      ...windowFields(dimensions),
      padding: validOrSame,
      depth_multiplier: positiveInteger.default(1),
      ...weightFields('depthwise', 'glorot_uniform'),
      ...weightFields('pointwise', 'glorot_uniform'),
    },
    outputShapes(config, inputs) {
      const input = spatialInput(className, dimensions, config.data_format, inputs);
      knownChannels(className, input);
      const spatial = windowed(className, input.spatial, windows(config));
      return [spatialShape({ ...input, spatial, channels: config.filters }, config.data_format)];
    },
    weights(config, inputs) {
      const channels = knownChannels(
        className,
        spatialInput(className, dimensions, config.data_format, inputs),
      );
      const { kernel_size, depth_multiplier, filters } = config;
      const depth = [...kernel_size, channels, depth_multiplier];
      const point = [...kernel_size.map(() => 1), channels * depth_multiplier, filters];
      const kernels = [
        trainableWeight(config, 'depthwise', depth, 'depthwise_kernel'),
        trainableWeight(config, 'pointwise', point, 'pointwise_kernel'),
      ];
      return config.use_bias ? [...kernels, trainableWeight(config, 'bias', [filters])] : kernels;
    },
  });
}

export const convolutionLayers = {
  Conv1D: convolution('Conv1D', 1),
  Conv2D: convolution('Conv2D', 2),
  Conv3D: convolution('Conv3D', 3),
  Conv1DTranspose: transposed('Conv1DTranspose', 1),
  Conv2DTranspose: transposed('Conv2DTranspose', 2),
  Conv3DTranspose: transposed('Conv3DTranspose', 3),
  DepthwiseConv1D: depthwise('DepthwiseConv1D', 1),
  DepthwiseConv2D: depthwise('DepthwiseConv2D', 2),
  SeparableConv1D: separable('SeparableConv1D', 1),
  SeparableConv2D: separable('SeparableConv2D', 2),
};
