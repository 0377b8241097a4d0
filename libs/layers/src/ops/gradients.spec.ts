import { loadTensorFlow, statelessNormal } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { generalRelu, leakyRelu } from '../activations/relu.js';
import { addBias } from './bias.js';
import { convolve, convolveDepthwise, convolveTransposed } from './convolution.js';
import { withDilation } from './dilation.js';
import { einsum } from './einsum.js';
import {
  abs,
  divideNoNan,
  elu,
  maximum,
  minimum,
  relu,
  relu6,
  rsqrt,
  selu,
  sigmoid,
  softplus,
  softsign,
  sqrt,
  tanh,
} from './elementwise.js';
import { lookup } from './lookup.js';
import { l2Normalize } from './normalize.js';
import { pool } from './pool.js';
import { max, mean, sum } from './reduce.js';
import { repeatAlong } from './repeat.js';
import { resize } from './resize.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

const numbers = (shape: readonly number[], part: number) =>
  statelessNormal(shape, tf.tensor1d([7, part], 'int32'));
const line = { strides: [1], padding: 'SAME' } as const;
const plane = { strides: [2, 1], padding: 'SAME' } as const;

/** Operations with a gradient of our own, and the shapes of their inputs. */
const OPERATIONS: [string, Operation, number[][]][] = [
  ['relu', (x) => relu(x!), [[3, 4]]],
  ['relu6', (x) => relu6(tf.mul(x!, 5)), [[3, 4]]],
  ['sigmoid', (x) => sigmoid(x!), [[3, 4]]],
  ['tanh', (x) => tanh(x!), [[3, 4]]],
  ['elu', (x) => elu(x!), [[3, 4]]],
  ['selu', (x) => selu(x!), [[3, 4]]],
  ['softplus', (x) => softplus(x!), [[3, 4]]],
  ['softsign', (x) => softsign(x!), [[3, 4]]],
  ['sqrt', (x) => sqrt(tf.add(tf.square(x!), 0.5)), [[3, 4]]],
  ['rsqrt', (x) => rsqrt(tf.add(tf.square(x!), 0.5)), [[3, 4]]],
  ['abs', (x) => abs(x!), [[3, 4]]],
  ['leaky relu', (x) => leakyRelu(x!, 0.1), [[3, 4]]],
  [
    'relu with all arguments',
    (x) => generalRelu(x!, { negative_slope: 0.1, max_value: 1, threshold: 0.2 }),
    [[3, 4]],
  ],
  ['division', (x, y) => divideNoNan(x!, tf.add(tf.square(y!), 1)), [[3, 4], [4]]],
  [
    'maximum, broadcast',
    (x, y) => maximum(x!, y!),
    [
      [3, 4],
      [3, 1],
    ],
  ],
  ['minimum, broadcast', (x, y) => minimum(x!, y!), [[4], [3, 4]]],
  ['bias', (x, y) => addBias(x!, y!), [[2, 3, 4], [4]]],
  ['sum', (x) => sum(x!, [0, 2]), [[2, 3, 4]]],
  ['mean, kept axes', (x) => mean(x!, -1, 'keep axes'), [[2, 3, 4]]],
  ['max', (x) => max(x!, 1), [[2, 3, 4]]],
  ['normalization', (x) => l2Normalize(x!, -1), [[3, 4]]],
  ['repetition', (x) => repeatAlong(x!, 1, 3), [[2, 3, 2]]],
  ['lookup', (x) => lookup(x!, tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32')), [[4, 3]]],
  [
    'einsum',
    (x, y) => einsum('abc,cd->abd', x!, y!),
    [
      [2, 3, 4],
      [4, 2],
    ],
  ],
  [
    'convolution of lines',
    (x, k) => convolve(x!, k!, line),
    [
      [2, 6, 3],
      [3, 3, 2],
    ],
  ],
  [
    'convolution of images',
    (x, k) => convolve(x!, k!, plane),
    [
      [1, 5, 4, 2],
      [3, 2, 2, 3],
    ],
  ],
  [
    'convolution of volumes',
    (x, k) => convolve(x!, k!, { strides: [1, 1, 1], padding: 'VALID' }),
    [
      [1, 3, 3, 3, 2],
      [2, 2, 2, 2, 2],
    ],
  ],
  [
    'dilated convolution',
    (x, k) => withDilation(x!, { ...line, size: [3], dilation: [2] }, (y, stride) => convolve(y, k!, stride)),
    [
      [2, 7, 2],
      [3, 2, 2],
    ],
  ],
  [
    'depthwise convolution',
    (x, k) => convolveDepthwise(x!, k!, { strides: [1, 1], padding: 'SAME' }),
    [
      [1, 4, 4, 2],
      [3, 3, 2, 2],
    ],
  ],
  [
    'transposed convolution',
    (x, k) => convolveTransposed(x!, k!, [6, 4], plane),
    [
      [1, 3, 4, 2],
      [3, 2, 3, 2],
    ],
  ],
  ['max pooling', (x) => pool(x!, 'max', { size: [2, 2], strides: [1, 2], padding: 'SAME' }), [[1, 4, 4, 2]]],
  [
    'average pooling',
    (x) => pool(x!, 'average', { size: [2, 2], strides: [2, 2], padding: 'SAME' }),
    [[1, 5, 5, 2]],
  ],
  ['resizing', (x) => resize(x!, 5, 3, 'bilinear'), [[1, 3, 4, 2]]],
];

test.each(OPERATIONS)('the gradient of %s is what finite differences give', (_name, operation, shapes) => {
  const inputs = shapes.map((shape, index) => numbers(shape, index));
  const direction = numbers(operation(...inputs).shape, 99);
  const total = (...values: tf.Tensor[]) => tf.sum(tf.mul(operation(...values), direction)) as tf.Scalar;
  const gradients = tf.grads(total)(inputs);
  inputs.forEach((input, index) => {
    // Along a random line a single difference checks all partial derivatives at once.
    const along = numbers(input.shape, 50 + index);
    const step = 1e-2;
    const at = (size: number) =>
      total(
        ...inputs.map((value, other) => (other === index ? tf.add(value, tf.mul(along, size)) : value)),
      ).dataSync<'float32'>()[0]!;
    const measured = (at(step) - at(-step)) / (2 * step);
    const computed = tf.sum(tf.mul(gradients[index]!, along)).dataSync<'float32'>()[0]!;
    expect(gradients[index]!.shape).toEqual(input.shape);
    expect(Math.abs(measured - computed)).toBeLessThan(0.02 * Math.max(1, Math.abs(computed)));
  });
});
