import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { UntraceableError } from '../errors.js';
import { loadTensorFlow } from '../load-tensorflow.js';
import { nativeBackend } from '../native/backend.js';
import type { StepFunction } from '../program/contract.js';
import { RandomSource } from '../random/random-source.js';
import { statelessUniform } from '../random/stateless-random.js';
import { recordStep } from './record-step.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const vector = { shape: [4], dtype: 'float32' as const };
const weight = tf.variable(tf.tensor1d([1, 2, 3, 4]), true, 'weight');
const unlisted = tf.variable(tf.scalar(1), true, 'unlisted');
const binding = nativeBackend().binding;
const random = Math.random;

/** Records, and checks that it left the variables, the binding and Math.random as they were. */
function record(step: StepFunction): ReturnType<typeof recordStep> {
  try {
    return recordStep(step, [weight], [vector]);
  } finally {
    expect(weight.arraySync()).toEqual([1, 2, 3, 4]);
    expect(unlisted.arraySync()).toBe(1);
    expect(nativeBackend().binding).toBe(binding);
    expect(Math.random).toBe(random);
  }
}

/** The reason why a step is refused. */
function refusal(step: StepFunction): string {
  try {
    record(step);
  } catch (error) {
    if (error instanceof UntraceableError) return error.reason;
    throw error;
  }
  return 'it was traced';
}

test.each<[string, StepFunction, string]>([
  [
    'a value read back',
    ([x]) => (tf.mean(x!).dataSync()[0]! > 0 ? [x!] : []),
    'the result of Mean (float32 of shape [])',
  ],
  ['an input read back', ([x]) => [tf.tensor(x!.arraySync())], 'it reads input 0 back'],
  ['a variable read back', () => [tf.scalar(weight.dataSync()[0]!)], 'it reads variable 0 back'],
  [
    'a refusal that the step catches',
    ([x]) => {
      try {
        x!.dataSync();
      } catch (error) {
        return [tf.scalar(String(error).length)];
      }
      return [];
    },
    'it reads input 0 back',
  ],
  ['tf.randomNormal', ([x]) => [tf.add(x!, tf.randomNormal([4]))], 'RandomSource'],
  ['tf.dropout', ([x]) => [tf.dropout(x!, 0.5)], 'RandomSource'],
  ['Math.random', ([x]) => [tf.mul(x!, Math.random())], 'RandomSource'],
  ['tf.multinomial', ([x]) => [tf.multinomial(x as tf.Tensor1D, 2, 7)], 'Multinomial draws numbers'],
  ['a shape that depends on values', ([x]) => [tf.unique(x!).values], 'the shape of what UniqueV2 returns'],
  ['a variable that is not listed', ([x]) => [tf.mul(x!, unlisted)], 'it uses the variable "unlisted"'],
  [
    'assigning a variable that is not listed',
    () => {
      unlisted.assign(tf.scalar(2));
      return [];
    },
    'it assigns or disposes of the variable "unlisted"',
  ],
  ['something else than tensors', (() => Promise.resolve([])) as unknown as StepFunction, 'asynchronous'],
])('%s is refused, and says why', (_, step, reason) => {
  expect(refusal(step)).toContain(reason);
});

test('a variable created in the step is refused by its name', () => {
  const slots: tf.Variable[] = [];
  const reason = refusal(([x]) => {
    if (slots.length === 0) slots.push(tf.variable(tf.zeros([4]), false, 'slot'));
    return [tf.add(x!, slots[0]!)];
  });
  expect(reason).toContain('it creates the variable "slot"');
  tf.dispose(slots);
});

test('a count that the step keeps for itself is refused', () => {
  let count = 0;
  expect(() => record(([x]) => [tf.mul(x!, (count += 1))])).toThrow(
    'Mul was given another constant or value',
  );
  expect(() => record(() => [tf.scalar((count += 1))])).toThrow('its output 0 was another constant');
});

test('an error of the step itself passes through', () => {
  expect(() =>
    record(() => {
      throw new RangeError('mine');
    }),
  ).toThrow(new RangeError('mine'));
});

test.each<[string, StepFunction]>([
  [
    'succeeds',
    ([x]) => {
      weight.assign(tf.add(weight, x!) as tf.Tensor1D);
      return [tf.sum(weight), x!];
    },
  ],
  ['refuses', ([x]) => [tf.scalar(tf.mean(x!).dataSync()[0]!)]],
])('recording that %s leaves no tensor behind, in JavaScript or in TensorFlow', (_, step) => {
  const counts = () => [tf.memory().numTensors, binding.getNumOfTensors()];
  const before = counts();
  refusal(step);
  expect(counts()).toEqual(before);
});

test('operations on constants are done while recording, and equal operations once', () => {
  const { operations } = record(([x]) => {
    const constant = tf.sqrt(tf.mul(tf.ones([4]), 2));
    return [tf.mul(x!, constant), tf.mul(x!, tf.sqrt(tf.mul(tf.ones([4]), 2))), tf.mul(constant, constant)];
  });
  expect(operations.map(({ name }) => name)).toEqual(['Mul']);
});

test('a tensor given as a spec is the example, where zeros would fail', () => {
  const divide: StepFunction = ([x]) => [tf.floorDiv(tf.scalar(6, 'int32'), x!)];
  expect(() => recordStep(divide, [], [{ shape: [], dtype: 'int32' }])).toThrow('division by zero');
  expect(recordStep(divide, [], [tf.scalar(2, 'int32')]).operations.map(({ name }) => name)).toEqual([
    'FloorDiv',
  ]);
});

test('random numbers from a RandomSource are operations on the step', () => {
  const counter = tf.variable(tf.scalar(0, 'int32'));
  const { operations } = recordStep(
    () => [statelessUniform([4], new RandomSource(1, counter).next())],
    [counter],
    [],
  );
  expect(operations.map(({ name }) => name)).toEqual(['Pack', 'StatelessRandomUniform']);
});
