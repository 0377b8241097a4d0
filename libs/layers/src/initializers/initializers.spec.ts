import type { JsonObject } from '@epochal/contracts';
import type { WeightSpec } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { initializeWeight } from './index.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const SHAPE = [300, 200];

const spec = (class_name: string, config: JsonObject = {}, shape: number[] = SHAPE): WeightSpec => ({
  path: 'kernel',
  shape,
  dtype: 'float32',
  trainable: true,
  initializer: { class_name, config },
});

const seeded = (part: number) => tf.tensor1d([5, part], 'int32');

function moments(weight: tf.Tensor) {
  const { mean, variance } = tf.moments(weight);
  return { mean: mean.dataSync()[0]!, deviation: Math.sqrt(variance.dataSync()[0]!) };
}

// Of Keras 3: the deviation of 60,000 numbers is within half a percent of the formula's.
test.each<[string, JsonObject, number]>([
  ['GlorotUniform', {}, Math.sqrt(2 / 500)],
  ['GlorotNormal', {}, Math.sqrt(2 / 500)],
  ['HeUniform', {}, Math.sqrt(2 / 300)],
  ['HeNormal', {}, Math.sqrt(2 / 300)],
  ['LecunUniform', {}, Math.sqrt(1 / 300)],
  ['LecunNormal', {}, Math.sqrt(1 / 300)],
  ['VarianceScaling', { scale: 3, mode: 'fan_out', distribution: 'untruncated_normal' }, Math.sqrt(3 / 200)],
  ['RandomNormal', { stddev: 0.3 }, 0.3],
  ['RandomUniform', { minval: -0.1, maxval: 0.1 }, 0.2 / Math.sqrt(12)],
  ['TruncatedNormal', { stddev: 0.2 }, 0.2 * 0.87962566],
])('%s %j gives numbers of its deviation about zero', (name, config, deviation) => {
  const found = moments(initializeWeight(spec(name, config), seeded(0)));
  expect(found.deviation / deviation).toBeCloseTo(1, 2);
  expect(Math.abs(found.mean)).toBeLessThan(deviation / 50);
});

test('the axes that a config names count as inputs and outputs', () => {
  const config = { input_axes: [0, 1], output_axes: [2] };
  const { deviation } = moments(initializeWeight(spec('LecunUniform', config, [20, 30, 100]), seeded(0)));
  expect(deviation / Math.sqrt(1 / 600)).toBeCloseTo(1, 2);
});

test('an orthogonal weight has orthonormal columns, or rows where it is wide, times its gain', () => {
  const gram = (weight: tf.Tensor, transposed: boolean) =>
    tf.matMul(weight, weight, !transposed, transposed).arraySync() as number[][];
  const tall = gram(initializeWeight(spec('Orthogonal', { gain: 2 }, [5, 3]), seeded(0)), false);
  const wide = gram(initializeWeight(spec('Orthogonal', {}, [2, 4]), seeded(0)), true);
  tall.flat().forEach((value, index) => expect(value).toBeCloseTo(index % 4 === 0 ? 4 : 0, 5));
  wide.flat().forEach((value, index) => expect(value).toBeCloseTo(index % 3 === 0 ? 1 : 0, 5));
});

test('constants fill the weight', () => {
  const values = (name: string, config: JsonObject = {}) =>
    initializeWeight(spec(name, config, [2, 2]), seeded(0)).arraySync();
  expect(values('Zeros')).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(values('Ones')).toEqual([
    [1, 1],
    [1, 1],
  ]);
  expect(values('Constant', { value: 3 })).toEqual([
    [3, 3],
    [3, 3],
  ]);
  expect(values('Constant', { value: [1, 2] })).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(values('Identity', { gain: 2 })).toEqual([
    [2, 0],
    [0, 2],
  ]);
});

test('numbers depend on the seed alone, and a seed in the config takes its place', () => {
  const draw = (part: number, seed: number | null = null) =>
    initializeWeight(spec('HeNormal', { seed }), seeded(part)).dataSync();
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(draw(1, 7)).toEqual(draw(2, 7));
});

test('an initializer leaves no tensor behind but the weight', () => {
  const seed = seeded(0);
  const before = tf.memory().numTensors;
  const weight = initializeWeight(spec('Orthogonal'), seed);
  expect(tf.memory().numTensors).toBe(before + 1);
  tf.dispose([weight, seed]);
});
