import { statelessUniform } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import type { CallContext } from '../layer.js';
import { moveImages } from '../ops/affine.js';
import { channelsLast } from '../ops/channels.js';
import { float } from '../ops/elementwise.js';
import { mean } from '../ops/reduce.js';
import { resize } from '../ops/resize.js';
import { implement, only } from './implement.js';

type Format = 'channels_last' | 'channels_first';
type Random = CallContext['random'];

const heightAxis = (format: Format): number => (format === 'channels_last' ? 1 : 2);

/** One number an image, shaped to broadcast against the images. */
const perImage = (images: tf.Tensor, random: Random, low: number, high: number): tf.Tensor =>
  statelessUniform([images.shape[0] ?? 1, 1, 1, 1], random.next(), low, high);

/** One number an image, as a column. */
const columnOf = (images: tf.Tensor, random: Random, [low = 0, high = 0]: readonly number[]): tf.Tensor =>
  statelessUniform([images.shape[0] ?? 1, 1], random.next(), low, high);

/** A single number stands for a range about zero. */
const rangeOf = (factor: number | readonly number[]): readonly number[] =>
  typeof factor === 'number' ? [-Math.abs(factor), Math.abs(factor)] : [...factor].sort((a, b) => a - b);

const centerCrop = implement('CenterCrop', {
  call({ height, width, data_format }, inputs) {
    const input = float(only(inputs));
    const axis = heightAxis(data_format);
    const surplus = [input.shape[axis]! - height, input.shape[axis + 1]! - width];
    if (Math.min(...surplus) < 0)
      return channelsLast(input, data_format, (x) => smartResize(x, height, width));
    const starts = surplus.map((size) => Math.floor(size / 2));
    const begin = input.shape.map((_size, index) => starts[index - axis] ?? 0);
    const size = input.shape.map((full, index) => [height, width][index - axis] ?? full);
    return tf.slice(input, begin, size);
  },
});

/** The largest part from the middle with the wanted proportions, resized (keras.utils.image_utils.smart_resize). */
function smartResize(x: tf.Tensor, height: number, width: number): tf.Tensor {
  const [batch = 1, fullHeight = 1, fullWidth = 1, channels = 1] = x.shape;
  const cropHeight = Math.min(fullHeight, Math.max(1, Math.floor((fullWidth * height) / width)));
  const cropWidth = Math.min(fullWidth, Math.max(1, Math.floor((fullHeight * width) / height)));
  const top = Math.floor((fullHeight - cropHeight) / 2);
  const left = Math.floor((fullWidth - cropWidth) / 2);
  return resize(
    tf.slice(x, [0, top, left, 0], [batch, cropHeight, cropWidth, channels]),
    height,
    width,
    'bilinear',
  );
}

const resizing = implement('Resizing', {
  call: ({ height, width, data_format, interpolation }, inputs) =>
    channelsLast(float(only(inputs)), data_format, (x) => resize(x, height, width, interpolation)),
});

/** Keras flips an image both ways or not at all where the mode has both. */
const randomFlip = implement('RandomFlip', {
  call({ mode, data_format }, inputs, _weights, { training, random }) {
    const images = float(only(inputs));
    if (!training) return images;
    const height = heightAxis(data_format);
    const axes = {
      horizontal: [height + 1],
      vertical: [height],
      horizontal_and_vertical: [height, height + 1],
    }[mode];
    const isFlipped = tf.cast(tf.lessEqual(perImage(images, random, 0, 1), 0.5), 'float32');
    return tf.add(images, tf.mul(tf.sub(tf.reverse(images, axes), images), isFlipped));
  },
});

const moved = (
  input: tf.Tensor,
  config: Parameters<typeof moveImages>[2] & { data_format: Format },
  transforms: (height: number, width: number) => tf.Tensor[],
): tf.Tensor =>
  channelsLast(float(input), config.data_format, (images) => {
    const columns = transforms(images.shape[1]!, images.shape[2]!);
    const nothing = tf.zerosLike(columns[0]!);
    return moveImages(images, tf.concat([...columns, nothing, nothing], 1), config);
  });

/** keras/src/layers/preprocessing/image_preprocessing/base_image_preprocessing_layer.py, _compute_affine_matrix */
const randomRotation = implement('RandomRotation', {
  call(config, inputs, _weights, { training, random }) {
    const input = only(inputs);
    if (!training) return float(input);
    const turns = columnOf(input, random, config.factor);
    const angle = tf.mul(turns, 2 * Math.PI);
    const [cos, sin] = [tf.cos(angle), tf.sin(angle)];
    return moved(input, config, (height, width) => {
      const [x, y] = [(width - 1) / 2, (height - 1) / 2];
      const shiftX = tf.add(tf.sub(x, tf.mul(cos, x)), tf.mul(sin, y));
      const shiftY = tf.sub(tf.sub(y, tf.mul(sin, x)), tf.mul(cos, y));
      return [cos, tf.neg(sin), shiftX, sin, cos, shiftY];
    });
  },
});

const randomTranslation = implement('RandomTranslation', {
  call(config, inputs, _weights, { training, random }) {
    const input = only(inputs);
    if (!training) return float(input);
    const down = columnOf(input, random, rangeOf(config.height_factor));
    const right = columnOf(input, random, rangeOf(config.width_factor));
    return moved(input, config, (height, width) => {
      const [one, zero] = [tf.onesLike(down), tf.zerosLike(down)];
      return [one, zero, tf.mul(right, -width), zero, one, tf.mul(down, -height)];
    });
  },
});

const randomZoom = implement('RandomZoom', {
  call(config, inputs, _weights, { training, random }) {
    const input = only(inputs);
    if (!training) return float(input);
    const scaleOf = (factor: number | readonly number[]) =>
      tf.add(columnOf(input, random, rangeOf(factor)), 1);
    const tall = scaleOf(config.height_factor);
    const wide = config.width_factor === null ? tall : scaleOf(config.width_factor);
    return moved(input, config, (height, width) => {
      const zero = tf.zerosLike(tall);
      const offset = (scale: tf.Tensor, size: number) => tf.mul(tf.sub(1, scale), (size - 1) / 2);
      return [wide, zero, offset(wide, width), zero, tall, offset(tall, height)];
    });
  },
});

const randomContrast = implement('RandomContrast', {
  call({ factor, value_range, data_format }, inputs, _weights, { training, random }) {
    const images = float(only(inputs));
    if (!training) return images;
    const height = heightAxis(data_format);
    const middle = mean(images, [height, height + 1], 'keep axes');
    const scale = perImage(images, random, 1 - factor[0]!, 1 + factor[1]!);
    const scaled = tf.add(tf.mul(tf.sub(images, middle), scale), middle);
    return tf.clipByValue(scaled, value_range[0]!, value_range[1]!);
  },
});

const randomBrightness = implement('RandomBrightness', {
  call({ factor, value_range }, inputs, _weights, { training, random }) {
    const images = float(only(inputs));
    if (!training) return images;
    const [low, high] = value_range as [number, number];
    const shift = tf.mul(perImage(images, random, factor[0]!, factor[1]!), high - low);
    return tf.clipByValue(tf.add(images, shift), low, high);
  },
});

export const imageImplementations = [
  centerCrop,
  resizing,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
  randomContrast,
  randomBrightness,
];
