import * as tf from '@tensorflow/tfjs-core';
import { channelsLast } from '../ops/channels.js';
import { repeatAlong } from '../ops/repeat.js';
import { resize } from '../ops/resize.js';
import { implement, only } from './implement.js';

const zeroPadding = <const Name extends `ZeroPadding${1 | 2 | 3}D`>(className: Name) =>
  implement(className, {
    call({ padding, data_format }, inputs) {
      const sides = padding.map(([before, after]): [number, number] => [before!, after!]);
      const none: [number, number] = [0, 0];
      const all = data_format === 'channels_last' ? [none, ...sides, none] : [none, none, ...sides];
      return tf.pad(only(inputs), all);
    },
  });

const cropping = <const Name extends `Cropping${1 | 2 | 3}D`>(className: Name) =>
  implement(className, {
    call({ cropping: sides, data_format }, inputs) {
      const input = only(inputs);
      const first = data_format === 'channels_last' ? 1 : 2;
      const cut = (axis: number) => sides[axis - first] ?? [0, 0];
      const begin = input.shape.map((_size, axis) => cut(axis)[0]!);
      const size = input.shape.map((full, axis) => full - cut(axis)[0]! - cut(axis)[1]!);
      return tf.slice(input, begin, size);
    },
  });

const upSampling = <const Name extends `UpSampling${1 | 2 | 3}D`>(className: Name) =>
  implement(className, {
    call: ({ size, data_format, interpolation }, inputs) =>
      channelsLast(only(inputs), data_format, (input) => {
        if (interpolation === 'nearest') {
          return size.reduce((x, times, axis) => repeatAlong(x, axis + 1, times), input);
        }
        const [height, width] = [input.shape[1]! * size[0]!, input.shape[2]! * size[1]!];
        return resize(input as tf.Tensor4D, height, width, 'bilinear');
      }),
  });

export const spatialImplementations = [
  zeroPadding('ZeroPadding1D'),
  zeroPadding('ZeroPadding2D'),
  zeroPadding('ZeroPadding3D'),
  cropping('Cropping1D'),
  cropping('Cropping2D'),
  cropping('Cropping3D'),
  upSampling('UpSampling1D'),
  upSampling('UpSampling2D'),
  upSampling('UpSampling3D'),
];
