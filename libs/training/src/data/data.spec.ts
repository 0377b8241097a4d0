import { describe, expect, it } from 'vitest';
import { classWeightsOfRows } from './class-weights.js';
import { planEpoch } from './epoch-plan.js';
import { splitForValidation, type Samples } from './samples.js';

const samplesOf = (rows: number): Samples => ({
  rows,
  inputs: [{ shape: [2], values: Float32Array.from({ length: rows * 2 }, (_, index) => index) }],
  targets: [{ shape: [1], values: Float32Array.from({ length: rows }, (_, index) => -index) }],
  weights: null,
});

describe('splitForValidation', () => {
  it('holds out the last rows', () => {
    const [train, validation] = splitForValidation(samplesOf(10), 0.25);
    expect([train.rows, validation.rows]).toEqual([7, 3]);
    expect([...validation.inputs[0]!.values]).toEqual([14, 15, 16, 17, 18, 19]);
    expect([...validation.targets[0]!.values]).toEqual([-7, -8, -9]);
  });

  it('refuses to leave one part empty', () => {
    expect(() => splitForValidation(samplesOf(1), 0.5)).toThrow(/leaves one part empty/);
  });
});

describe('classWeightsOfRows', () => {
  it('reads one-hot and integer targets alike', () => {
    const weights = { 0: 1, 1: 5, 2: 0.5 };
    const sparse = { shape: [1], values: Float32Array.from([2, 0, 1]) };
    const oneHot = { shape: [3], values: Float32Array.from([0, 0, 1, 1, 0, 0, 0, 1, 0]) };
    expect([...classWeightsOfRows(sparse, weights)]).toEqual([0.5, 1, 5]);
    expect([...classWeightsOfRows(oneHot, weights)]).toEqual([0.5, 1, 5]);
  });
});

describe('planEpoch', () => {
  it('takes every batch in each epoch by default', () => {
    expect(planEpoch(4, { initialEpoch: 1, batches: 10 })).toEqual({
      passEpoch: 4,
      firstBatch: 0,
      steps: 10,
    });
  });

  it('goes on in the data where the epoch before ended, and ends the epoch with the data', () => {
    const plans = [0, 1, 2, 3].map((epoch) =>
      planEpoch(epoch, { initialEpoch: 0, batches: 10, stepsPerEpoch: 4 }),
    );
    expect(plans).toEqual([
      { passEpoch: 0, firstBatch: 0, steps: 4 },
      { passEpoch: 0, firstBatch: 4, steps: 4 },
      { passEpoch: 0, firstBatch: 8, steps: 2 },
      { passEpoch: 3, firstBatch: 0, steps: 4 },
    ]);
  });
});
