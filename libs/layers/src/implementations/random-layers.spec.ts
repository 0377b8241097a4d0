import type { JsonObject } from '@epochal/contracts';
import { resolveLayer } from '@epochal/model-spec';
import { loadTensorFlow, RandomSource } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { callLayer } from '../index.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

function call(className: string, config: JsonObject, input: tf.Tensor, step = 0): tf.Tensor {
  const resolved = resolveLayer({ class_name: className, config });
  const { outputs } = callLayer(
    className,
    resolved.config,
    [input],
    {},
    {
      training: true,
      random: new RandomSource(3, tf.scalar(step, 'int32')),
      masks: [null],
      keywordInputs: {},
      keywordArguments: {},
      addLoss: () => {},
      updateWeight: () => {},
    },
  );
  return outputs[0]!;
}

const number = (x: tf.Tensor) => x.dataSync()[0]!;
const mean = (x: tf.Tensor) => number(tf.mean(x));
const deviation = (x: tf.Tensor) => Math.sqrt(number(tf.moments(x).variance));

test('dropout zeros its share of numbers and scales the others up', () => {
  const output = call('Dropout', { rate: 0.3 }, tf.fill([200, 200], 1));
  const kept = tf.cast(tf.greater(output, 0), 'float32');
  expect(mean(kept)).toBeCloseTo(0.7, 2);
  expect(number(tf.max(output))).toBeCloseTo(1 / 0.7, 6);
});

test('the same step drops the same numbers, another step others', () => {
  const drop = (step: number) => call('Dropout', { rate: 0.5 }, tf.fill([20, 20], 1), step).dataSync();
  expect(drop(4)).toEqual(drop(4));
  expect(drop(4)).not.toEqual(drop(5));
});

test('a noise shape and spatial dropout drop whole lines', () => {
  const input = tf.fill([8, 30, 5], 1);
  for (const output of [
    call('Dropout', { rate: 0.5, noise_shape: [null, 1, null] }, input),
    call('SpatialDropout1D', { rate: 0.5 }, input),
  ]) {
    expect(number(tf.sum(tf.abs(tf.sub(tf.max(output, 1), tf.min(output, 1)))))).toBe(0);
    const dropped = mean(tf.cast(tf.equal(output, 0), 'float32'));
    expect(dropped).toBeGreaterThan(0.2);
    expect(dropped).toBeLessThan(0.8);
  }
  const image = call(
    'SpatialDropout2D',
    { rate: 0.5, data_format: 'channels_first' },
    tf.fill([4, 6, 5, 5], 1),
  );
  expect(number(tf.sum(tf.abs(tf.sub(tf.max(image, [2, 3]), tf.min(image, [2, 3])))))).toBe(0);
});

test('alpha dropout keeps the mean and the deviation of normal numbers', () => {
  const input = tf.randomNormal([300, 300], 0, 1, 'float32', 1);
  const output = call('AlphaDropout', { rate: 0.2 }, input);
  expect(mean(output)).toBeCloseTo(0, 1);
  expect(deviation(output)).toBeCloseTo(1, 1);
});

test('noise has the deviation that was asked for', () => {
  const added = call('GaussianNoise', { stddev: 0.4 }, tf.zeros([200, 200]));
  expect(deviation(added)).toBeCloseTo(0.4, 2);
  const multiplied = call('GaussianDropout', { rate: 0.2 }, tf.fill([200, 200], 1));
  expect(mean(multiplied)).toBeCloseTo(1, 2);
  expect(deviation(multiplied)).toBeCloseTo(Math.sqrt(0.2 / 0.8), 2);
});

test('about half of the images are flipped, each as a whole', () => {
  const images = tf.tile(tf.reshape(tf.range(0, 4), [1, 1, 4, 1]), [400, 1, 1, 1]);
  const firsts = tf.slice(call('RandomFlip', { mode: 'horizontal' }, images), [0, 0, 0, 0], [400, 1, 1, 1]);
  expect(new Set(firsts.dataSync())).toEqual(new Set([0, 3]));
  expect(mean(firsts) / 3).toBeCloseTo(0.5, 1);
});

test('each image gets a brightness and a contrast of its own, within bounds', () => {
  const images = tf.fill([500, 2, 2, 1], 100);
  const bright = tf.mean(call('RandomBrightness', { factor: 0.2 }, images), [1, 2, 3]);
  expect(number(tf.min(bright))).toBeGreaterThanOrEqual(100 - 0.2 * 255 - 1e-3);
  expect(number(tf.max(bright))).toBeLessThanOrEqual(100 + 0.2 * 255 + 1e-3);
  expect(deviation(bright)).toBeCloseTo((0.4 * 255) / Math.sqrt(12), -1);
  const pattern = tf.tile(tf.tensor4d([90, 110], [1, 1, 2, 1]), [500, 1, 1, 1]);
  const contrast = call('RandomContrast', { factor: [0.5, 0.5] }, pattern);
  const spread = tf.sub(tf.max(contrast, [1, 2, 3]), tf.min(contrast, [1, 2, 3]));
  expect(number(tf.min(spread))).toBeGreaterThanOrEqual(10);
  expect(number(tf.max(spread))).toBeLessThanOrEqual(30);
});

test('what moves images says that it has no gradient', () => {
  const rotate = (x: tf.Tensor) => tf.sum(call('RandomRotation', { factor: 0.1 }, x));
  expect(() => tf.grad(rotate)(tf.zeros([1, 4, 4, 1]))).toThrow('put them before all layers with weights');
});
