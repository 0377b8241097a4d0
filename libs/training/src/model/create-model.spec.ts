import { parseModel } from '@epochal/model-spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSmallTensorFlow, sequential } from '../testing/small-training.js';
import { createModel } from './create-model.js';

beforeAll(() => {
  loadSmallTensorFlow();
});

const dense = (name: string): [string, { name: string; units: number }] => ['Dense', { name, units: 4 }];
const weightsOf = (names: string[], seed: number): Record<string, number[]> => {
  const model = createModel(parseModel(sequential(4, ...names.map(dense))), seed);
  const values = [...model.variables].map(
    ([path, { variable }]) => [path, [...variable.dataSync()]] as const,
  );
  return Object.fromEntries(values) as Record<string, number[]>;
};

describe('the first values of weights', () => {
  it('are a function of the seed', () => {
    expect(weightsOf(['a'], 1)).toEqual(weightsOf(['a'], 1));
    expect(weightsOf(['a'], 1)).not.toEqual(weightsOf(['a'], 2));
  });

  it('differ by path, and do not depend on what other layers there are', () => {
    const together = weightsOf(['a', 'b'], 1);
    expect(together['a/kernel']).not.toEqual(together['b/kernel']);
    expect(weightsOf(['b'], 1)['b/kernel']).toEqual(together['b/kernel']);
  });
});

it('names weights by layer, in the order of Keras, and knows which are trained', () => {
  const model = createModel(
    parseModel(sequential(4, dense('a'), ['BatchNormalization', { name: 'norm' }])),
    0,
  );
  expect([...model.variables.values()].map(({ path, trainable }) => [path, trainable])).toEqual([
    ['a/kernel', true],
    ['a/bias', true],
    ['norm/gamma', true],
    ['norm/beta', true],
    ['norm/moving_mean', false],
    ['norm/moving_variance', false],
  ]);
});
