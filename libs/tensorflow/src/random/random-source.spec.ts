import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { loadTensorFlow } from '../load-tensorflow.js';
import { RandomSource } from './random-source.js';
import { statelessNormal, statelessTruncatedNormal, statelessUniform } from './stateless-random.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

function draw(seed: number, step: number, skip = 0): Float32Array {
  return tf.tidy(() => {
    const source = new RandomSource(seed, tf.scalar(step, 'int32'));
    for (let index = 0; index < skip; index += 1) source.next();
    return statelessUniform([1000], source.next()).dataSync<'float32'>();
  });
}

test('numbers are a function of seed, step and place in the step', () => {
  const numbers = draw(1, 5);
  expect(draw(1, 5)).toEqual(numbers);
  expect(draw(2, 5)).not.toEqual(numbers);
  expect(draw(1, 6)).not.toEqual(numbers);
  expect(draw(1, 5, 1)).not.toEqual(numbers);
});

test('the distributions have the bounds, means and deviations asked for', () => {
  const source = new RandomSource(3, tf.scalar(0, 'int32'));
  const moments = (numbers: tf.Tensor) => {
    const { mean, variance } = tf.moments(numbers);
    return [mean.dataSync()[0]!, Math.sqrt(variance.dataSync()[0]!)] as const;
  };
  const [uniformMean, uniformDeviation] = moments(statelessUniform([100_000], source.next(), -1, 3));
  expect(uniformMean).toBeCloseTo(1, 1);
  expect(uniformDeviation).toBeCloseTo(4 / Math.sqrt(12), 1);
  const [normalMean, normalDeviation] = moments(statelessNormal([100_000], source.next(), 2, 0.5));
  expect(normalMean).toBeCloseTo(2, 2);
  expect(normalDeviation).toBeCloseTo(0.5, 2);
  const truncated = statelessTruncatedNormal([100_000], source.next(), 2, 0.5);
  expect(tf.max(tf.abs(tf.sub(truncated, 2))).dataSync()[0]).toBeLessThanOrEqual(1);
  expect(moments(truncated)[1]).toBeCloseTo(0.5 * 0.8796, 2);
});

test('drawing leaves no tensor behind', () => {
  const step = tf.scalar(0, 'int32');
  const before = tf.memory().numTensors;
  const seed = new RandomSource(0, step).next();
  const numbers = statelessNormal([4], seed, 1, 2);
  expect(tf.memory().numTensors).toBe(before + 2);
  tf.dispose([seed, numbers]);
});

test('a step that is not an int32 scalar is refused', () => {
  expect(() => new RandomSource(0, tf.scalar(1))).toThrow('step must be an int32 scalar, not float32');
  expect(() => new RandomSource(-1, tf.scalar(1, 'int32'))).toThrow(RangeError);
});
