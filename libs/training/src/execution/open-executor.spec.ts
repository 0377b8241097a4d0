import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadSmallTensorFlow } from '../testing/small-training.js';
import type { Computation, Executor } from './executor.js';
import { openExecutor } from './open-executor.js';

beforeAll(() => {
  loadSmallTensorFlow();
});

const rows = 10;
const open: Executor[] = [];
afterEach(() => {
  for (const executor of open.splice(0)) executor.dispose();
});

/** Adds up the rows of each batch, and gives their sums. */
const summing = (variable: tf.Variable): Computation => ({
  variables: [variable],
  functions: { total: () => [tf.clone(variable)] },
  loops: {
    sums: {
      data: 'rows',
      batchSize: 3,
      outputs: 'every',
      step: ([column]) => {
        const sum = tf.sum(column!);
        variable.assign(tf.add(variable, sum));
        return [sum];
      },
    },
  },
  data: { rows: [tf.tensor2d([...Array(rows).keys()], [rows, 1])] },
});

const numbers = ([tensor]: tf.Tensor[]): number[] => [...tensor!.dataSync()];

describe.each(['auto', 'eager'] as const)('an executor (%s)', (execution) => {
  const opened = (variable: tf.Variable): Executor => {
    const executor = openExecutor(summing(variable), execution);
    open.push(executor);
    return executor;
  };

  it('runs a step over the batches that it is told, in the order that it is given', () => {
    const executor = opened(tf.variable(tf.scalar(0)));
    const order = Int32Array.from({ length: rows }, (_, row) => rows - 1 - row);
    expect(numbers(executor.runLoop('sums', { order, firstRow: 3, batches: 2 }))).toEqual([
      6 + 5 + 4,
      3 + 2 + 1,
    ]);
    expect(numbers(executor.call('total'))).toEqual([21]);
  });

  it('keeps variables to itself until they are pulled', () => {
    const variable = tf.variable(tf.scalar(1));
    const executor = opened(variable);
    executor.assign([tf.scalar(5)], [variable]);
    executor.runLoop('sums', { order: Int32Array.of(1, 2, 3), batches: 1 });
    expect(numbers(executor.read([variable]))).toEqual([11]);
    executor.pull();
    expect(numbers([variable])).toEqual([11]);
  });
});

it('runs op by op, and says why, what cannot become a graph', () => {
  const computation = summing(tf.variable(tf.scalar(0)));
  const functions = { ...computation.functions, noise: () => [tf.randomUniform([1])] };
  const executor = openExecutor({ ...computation, functions });
  open.push(executor);
  expect(executor.mode).toBe('eager');
  expect(executor.reason).toMatch(/random numbers/);
  expect(numbers(executor.runLoop('sums', { order: Int32Array.of(4, 5, 6), batches: 1 }))).toEqual([15]);
});
