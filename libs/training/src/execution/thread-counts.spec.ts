import { describeModel, parseModel } from '@epochal/model-spec';
import { describe, expect, it } from 'vitest';
import { sequential } from '../testing/small-training.js';
import { chooseThreadCounts } from './thread-counts.js';

const threads = (units: number[], batchSize: number, cores: number) => {
  const layers = [...units, 1].map((size): [string, { units: number }] => ['Dense', { units: size }]);
  return chooseThreadCounts(describeModel(parseModel(sequential(8, ...layers))), batchSize, cores);
};

describe('chooseThreadCounts', () => {
  it('gives a small model one thread, however many cores there are', () => {
    expect(threads([30], 32, 64)).toEqual({ intraOp: 1, interOp: 1 });
    expect(threads([1000], 256, 64)).toEqual({ intraOp: 1, interOp: 1 });
  });

  it('gives a larger one as many as its work is worth, but no more than there are cores', () => {
    expect(threads([200, 200], 128, 16)).toEqual({ intraOp: 2, interOp: 2 });
    expect(threads([600, 600], 32, 16)).toEqual({ intraOp: 7, interOp: 2 });
    expect(threads([600, 600], 32, 2)).toEqual({ intraOp: 2, interOp: 2 });
    expect(threads([4000, 4000], 256, 16)).toEqual({ intraOp: 16, interOp: 2 });
  });
});
