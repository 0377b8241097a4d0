import * as tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { loadTensorFlow } from './load-tensorflow.js';

const threads = { intraOp: 1, interOp: 1 };
const info = loadTensorFlow({ threads });

test('TensorFlow 2.21 computes behind the tfjs-core that is imported here', () => {
  expect(info).toMatchObject({ version: '2.21.0', device: 'cpu', threads });
  expect(tf.getBackend()).toBe('tensorflow');
  expect(tf.matMul(tf.ones([2, 3]), tf.ones([3, 1])).dataSync()).toEqual(new Float32Array([3, 3]));
});

test('tfjs-core is one instance, whether it is imported or reached through tfjs-node', () => {
  const node = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu') as typeof tf;
  expect(node.engine()).toBe(tf.engine());
  expect(node.Variable).toBe(tf.Variable);
});

test('loading again returns the same info, and refuses other thread counts', () => {
  expect(loadTensorFlow()).toBe(info);
  expect(loadTensorFlow({ threads })).toBe(info);
  expect(() => loadTensorFlow({ threads: { intraOp: 2, interOp: 1 } })).toThrow(RangeError);
});

test('an index out of range is refused by the gather kernel', () => {
  const rows = tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);
  expect(tf.gather(rows, tf.tensor1d([1, 0, 1], 'int32')).arraySync()).toEqual([
    [3, 4],
    [1, 2],
    [3, 4],
  ]);
  expect(() => tf.gather(rows, tf.tensor1d([2], 'int32'))).toThrow(/not in \[0, 2\)/);
});
