import * as tf from '@tensorflow/tfjs-core';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { GraphExecutionError } from '../errors.js';
import { loadTensorFlow } from '../load-tensorflow.js';
import { nativeBackend } from '../native/backend.js';
import { hexOf } from '../testing/hex-of.js';
import type { StepFunction, TensorSpec } from './contract.js';
import { GraphProgram } from './graph-program.js';
import type { GraphSession } from './graph-session.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const float = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });
const int = (...shape: number[]): TensorSpec => ({ shape, dtype: 'int32' });
const values = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => tensor.arraySync());

function sessionOf(
  variables: readonly tf.Variable[],
  step: StepFunction,
  inputs: readonly TensorSpec[],
): GraphSession {
  const program = new GraphProgram(variables);
  program.addFunction('step', step, inputs);
  return program.build();
}

/** A loop over one column of int32 rows `[value]` that adds them up in a variable. */
function summingLoop(batchSize = 2) {
  const sum = tf.variable(tf.scalar(0, 'int32'));
  const program = new GraphProgram([sum]);
  program.addData('rows', [int(1)]);
  const step: StepFunction = ([rows]) => {
    sum.assign(tf.add(sum, tf.sum(rows!)));
    return [sum];
  };
  program.addLoop('sum', step, { data: 'rows', batchSize });
  const session = program.build();
  session.setData('rows', [tf.reshape(tf.range(0, 10, 1, 'int32'), [10, 1])]);
  return { session, sum };
}

test('a variable that was assigned is read with its new value, in the step and by the next', () => {
  const v = tf.variable(tf.scalar(1));
  const session = sessionOf(
    [v],
    ([x]) => {
      const before = tf.mul(v, 10);
      v.assign(tf.add(v, x!));
      const between = tf.mul(v, 10);
      v.assign(tf.mul(v, 2));
      return [before, between, v];
    },
    [float()],
  );
  expect(values(session.call('step', [tf.scalar(2)]))).toEqual([10, 30, 6]);
  expect(values(session.call('step', [tf.scalar(1)]))).toEqual([60, 70, 14]);
  expect(values(session.readVariables())).toEqual([14]);
  expect(v.arraySync()).toBe(1);
});

test('variables swap their values', () => {
  const a = tf.variable(tf.tensor1d([1, 2]));
  const b = tf.variable(tf.tensor1d([3, 4]));
  const swap: StepFunction = () => {
    const kept = tf.clone(a);
    a.assign(b as tf.Tensor1D);
    b.assign(kept);
    return [];
  };
  const session = sessionOf([a, b], swap, []);
  expect(session.call('step', [])).toEqual([]);
  expect(values(session.readVariables())).toEqual([
    [3, 4],
    [1, 2],
  ]);
});

test('variables that share their memory in TensorFlow.js are told apart', () => {
  const zero = tf.scalar(0);
  const [a, b] = [tf.variable(zero), tf.variable(zero)];
  const session = sessionOf(
    [a, b],
    ([x, y]) => {
      a.assign(tf.add(a, x!));
      b.assign(tf.sub(b, y!));
      return [tf.add(a, b)];
    },
    [float(), float()],
  );
  const same = tf.scalar(3);
  session.call('step', [same, same]);
  session.call('step', [tf.scalar(5), tf.scalar(1)]);
  expect(values(session.readVariables())).toEqual([8, -4]);
});

test('variables are assigned inputs, constants and each other', () => {
  const number = tf.variable(tf.scalar(0));
  const count = tf.variable(tf.scalar(7, 'int32'));
  const flag = tf.variable(tf.scalar(false, 'bool'));
  const session = sessionOf(
    [number, count, flag],
    ([x]) => {
      number.assign(x as tf.Scalar);
      flag.assign(tf.equal(count, tf.scalar(7, 'int32')) as tf.Scalar);
      count.assign(tf.scalar(3, 'int32'));
      return [];
    },
    [float()],
  );
  session.call('step', [tf.scalar(2.5)]);
  expect(session.readVariables().map(hexOf)).toEqual(
    [tf.scalar(2.5), tf.scalar(3, 'int32'), tf.scalar(true, 'bool')].map(hexOf),
  );
});

test('constants keep their bits, whatever their size and wherever they come from', () => {
  const captured = tf.tensor1d(Float32Array.from({ length: 40_000 }, (_, index) => Math.sin(index)));
  const computed = tf.sqrt(tf.abs(captured));
  const odd = [-0, NaN, Infinity, 1e-45, 0.1];
  const step: StepFunction = () => [
    captured,
    computed,
    tf.add(captured, computed),
    tf.tensor1d(odd),
    tf.fill([1000], -0),
    tf.zeros([300_000]),
    tf.fill([70_000], 7, 'int32'),
    tf.tensor1d([true, false], 'bool'),
    tf.zeros([0, 3]),
  ];
  const session = sessionOf([], step, []);
  expect(session.call('step', []).map(hexOf)).toEqual(step([]).map(hexOf));
});

test('variables move both ways, all or some', () => {
  const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
  const session = sessionOf([a, b], ([x]) => [tf.add(tf.mul(a, b), x!)], [float()]);
  session.assignVariables([tf.scalar(5)], [b]);
  expect(values(session.readVariables([b, a]))).toEqual([5, 1]);
  session.pullVariables([b]);
  expect([a.arraySync(), b.arraySync()]).toEqual([1, 5]);
  a.assign(tf.scalar(10));
  session.pushVariables([a]);
  expect(values(session.call('step', [tf.scalar(0.5)]))).toEqual([50.5]);
  expect(() => session.assignVariables([tf.zeros([2])], [a])).toThrow(
    'tensor 0 must be float32 of shape [], not float32 of shape [2]',
  );
  expect(() => session.readVariables([tf.variable(tf.scalar(0), true, 'stranger')])).toThrow(
    '"stranger" is not among',
  );
});

test('a loop gathers the batches that order names, from the row asked for', () => {
  const { session } = summingLoop();
  const order = Int32Array.of(9, 8, 0, 1, 2, 3);
  expect(values(session.runLoop('sum', { order, batches: 1 }))).toEqual([17]);
  expect(
    values(session.runLoop('sum', { order: tf.tensor1d(order, 'int32'), firstRow: 1, batches: 2 })),
  ).toEqual([17 + 8 + 0 + 1 + 2]);
});

test('rows can be replaced by more or fewer of them', () => {
  const { session } = summingLoop();
  session.setData('rows', [tf.tensor2d([[100], [200], [300]], [3, 1], 'int32')]);
  expect(values(session.runLoop('sum', { order: Int32Array.of(2, 0), batches: 1 }))).toEqual([400]);
});

test('a loop returns every step, and extra inputs stay the same for all of them', () => {
  const total = tf.variable(tf.scalar(0));
  const program = new GraphProgram([total]);
  program.addData('rows', [float(2), int()]);
  program.addLoop(
    'loop',
    ([x, label, rate]) => {
      total.assign(tf.add(total, tf.mul(tf.sum(x!), rate!)));
      return [total, label!, rate!, tf.scalar(4)];
    },
    { data: 'rows', batchSize: 2, extraInputs: [float()], outputs: 'every' },
  );
  const session = program.build();
  session.setData('rows', [tf.ones([6, 2]), tf.range(0, 6, 1, 'int32')]);
  const run = { order: Int32Array.of(5, 4, 3, 2, 1, 0), batches: 3 };
  expect(values(session.runLoop('loop', { ...run, extraInputs: [tf.scalar(0.5)] }))).toEqual([
    [2, 4, 6],
    [
      [5, 4],
      [3, 2],
      [1, 0],
    ],
    [0.5, 0.5, 0.5],
    [4, 4, 4],
  ]);
});

test('a row out of range fails by name, keeps the steps before it, and the session goes on', () => {
  const { session } = summingLoop();
  const order = Int32Array.of(1, 2, 3, 99);
  expect(() => session.runLoop('sum', { order, batches: 2 })).toThrow(
    new GraphExecutionError('sum', 'indices[1] = 99 is not in [0, 10)'),
  );
  expect(values(session.runLoop('sum', { order, batches: 1 }))).toEqual([3 + 3]);
});

test('what is asked wrongly is refused before TensorFlow sees it', () => {
  const { session, sum } = summingLoop();
  const order = Int32Array.of(0, 1, 2);
  expect(() => session.runLoop('sum', { order, batches: 2 })).toThrow('need 4 rows, and order has 3');
  expect(() => session.runLoop('sum', { order, batches: 0 })).toThrow('batches must be a positive integer');
  expect(() => session.runLoop('sum', { order: tf.tensor1d([0, 1]), batches: 1 })).toThrow(
    'order must be int32',
  );
  expect(() => session.runLoop('train', { order, batches: 1 })).toThrow('no loop "train"');
  expect(() => session.setData('rows', [tf.zeros([4, 2], 'int32')])).toThrow('int32 of shape [any, 1]');
  const program = new GraphProgram([sum]);
  program.addFunction('f', ([x]) => [x!], [float(2)]);
  expect(() => program.addFunction('f', ([x]) => [x!], [float(2)])).toThrow('"f" is traced already');
  expect(() => program.addLoop('l', () => [], { data: 'rows', batchSize: 1 })).toThrow(
    'no rows named "rows"',
  );
  expect(() => program.build().call('f', [tf.zeros([3])])).toThrow('tensor 0 must be float32 of shape [2]');
  expect(() => new GraphProgram([sum, sum])).toThrow('listed twice');
});

test('sessions are apart from each other, leave no file, and end when disposed', () => {
  const [one, other] = [summingLoop(), summingLoop()];
  const run = { order: Int32Array.of(4, 5), batches: 1 };
  expect(values(one.session.runLoop('sum', run))).toEqual([9]);
  expect(values(other.session.runLoop('sum', run))).toEqual([9]);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('epochal-graph-'))).toEqual([]);
  one.session.dispose();
  one.session.dispose();
  expect(() => one.session.runLoop('sum', run)).toThrow('disposed');
  expect(values(other.session.runLoop('sum', run))).toEqual([18]);
});

test('10,000 calls leave no tensor behind, in JavaScript or in TensorFlow', () => {
  const { session } = summingLoop();
  const v = tf.tidy(() => tf.variable(tf.zeros([8])));
  const called = sessionOf(
    [v],
    ([x]) => {
      v.assign(tf.add(v, x!));
      return [tf.sum(v), v];
    },
    [float(8)],
  );
  const order = Int32Array.of(0, 1, 2, 3);
  const counts = () => [tf.memory().numTensors, nativeBackend().binding.getNumOfTensors()];
  const round = () => {
    const input = tf.fill([8], 0.25);
    tf.dispose(called.call('step', [input]));
    input.dispose();
    tf.dispose(session.runLoop('sum', { order, batches: 2 }));
  };
  round();
  const before = counts();
  for (let index = 0; index < 5000; index += 1) round();
  called.pullVariables();
  called.pushVariables();
  expect(counts()).toEqual(before);
  expect(v.arraySync()).toEqual(Array.from({ length: 8 }, () => 5001 / 4));
});
