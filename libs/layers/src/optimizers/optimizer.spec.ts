import { resolveOptimizer } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createOptimizer } from '../index.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const weight = (path: string, values: number[]) => ({ path, variable: tf.variable(tf.tensor1d(values)) });

test('a weight without a gradient stays as it is', () => {
  const [used, unused] = [weight('a', [1, 2]), weight('b', [3])];
  const optimizer = createOptimizer(resolveOptimizer('sgd'), [used, unused]);
  optimizer.apply([tf.tensor1d([1, 1]), null]);
  expect(used.variable.arraySync()).toEqual([Math.fround(0.99), Math.fround(1.99)]);
  expect(unused.variable.arraySync()).toEqual([3]);
  expect(optimizer.iterations.arraySync()).toBe(1);
});

test('gradients must be as many as weights', () => {
  const optimizer = createOptimizer(resolveOptimizer('adam'), [weight('a', [1])]);
  expect(() => optimizer.apply([])).toThrow('Adam takes 1 gradients, one a weight; received 0');
});

test('the learning rate can be set between steps', () => {
  const only = weight('a', [0]);
  const optimizer = createOptimizer(resolveOptimizer('sgd'), [only]);
  optimizer.learningRate?.assign(tf.scalar(0.5));
  optimizer.apply([tf.tensor1d([1])]);
  expect(only.variable.arraySync()).toEqual([-0.5]);
});

test('slots are named by weight, in the order in which Keras saves them', () => {
  const optimizer = createOptimizer(
    resolveOptimizer({ class_name: 'Adam', config: { amsgrad: true, use_ema: true } }),
    [weight('dense/kernel', [1]), weight('dense/bias', [1])],
  );
  expect(optimizer.slots.map(({ name, weightPath }) => `${weightPath} ${name}`)).toEqual([
    'dense/kernel average',
    'dense/bias average',
    'dense/kernel momentum',
    'dense/kernel velocity',
    'dense/bias momentum',
    'dense/bias velocity',
    'dense/kernel velocity_hat',
    'dense/bias velocity_hat',
  ]);
});

test('a step leaves no tensor behind', () => {
  const config = { clipnorm: 1, use_ema: true, gradient_accumulation_steps: 2, weight_decay: 0.01 };
  const optimizer = createOptimizer(resolveOptimizer({ class_name: 'Adafactor', config }), [
    weight('a', [1, 2]),
  ]);
  const gradient = tf.tensor1d([1, -1]);
  const before = tf.memory().numTensors;
  for (let step = 0; step < 3; step += 1) optimizer.apply([gradient]);
  expect(tf.memory().numTensors).toBe(before);
});
