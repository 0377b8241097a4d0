import { expect, test } from 'vitest';
import {
  ConfigError,
  resolveLayer,
  resolveLoss,
  resolveMetric,
  resolveOptimizer,
  UnknownNameError,
} from '../index.js';

test('a loss is found by every name that Keras has for it', () => {
  const names = [
    'mse',
    'MSE',
    'mean_squared_error',
    'MeanSquaredError',
    { class_name: 'MeanSquaredError', config: {} },
  ];
  for (const name of names) {
    expect(resolveLoss(name)).toEqual({
      class_name: 'MeanSquaredError',
      config: { name: 'mean_squared_error', reduction: 'sum_over_batch_size', dtype: 'float32' },
    });
  }
});

test('an optimizer is found without regard to case, and in the name that Keras 2 writes', () => {
  for (const name of ['sgd', 'SGD', 'Sgd', 'Custom>SGD']) {
    expect(resolveOptimizer(name)).toMatchObject({ class_name: 'SGD', config: { learning_rate: 0.01 } });
  }
});

test('an unknown name is refused with the field and the nearest right names', () => {
  expect(() => resolveOptimizer('adm', 'compile.optimizer')).toThrow(
    new UnknownNameError('optimizer', 'adm', 'compile.optimizer', ['adam', 'adamw', 'nadam']),
  );
  expect(() => resolveLoss('mean_square_error')).toThrow(
    'Unknown loss "mean_square_error" in loss. Did you mean "mean_squared_error"',
  );
  expect(() => resolveMetric('xyzzy')).toThrow('Unknown metric "xyzzy" in metrics.');
});

test('a wrong config is refused with each key and what was expected', () => {
  const wrong = { class_name: 'Adam', config: { learning_rate: 'fast', beta1: 0.9 } };
  expect(() => resolveOptimizer(wrong)).toThrow(ConfigError);
  expect(() => resolveOptimizer(wrong)).toThrow(/learning_rate: .*Unrecognized key: "beta1"/);
  expect(() => resolveOptimizer({ class_name: 'Adam', config: { clipnorm: 1, clipvalue: 1 } })).toThrow(
    'only one of clipnorm, clipvalue and global_clipnorm can be set',
  );
});

test('an object inside of a config is looked up with its own defaults and errors', () => {
  const dense = resolveLayer({ class_name: 'Dense', config: { units: 3, kernel_initializer: 'he_normal' } });
  expect(dense.config['kernel_initializer']).toEqual({
    class_name: 'HeNormal',
    config: { seed: null, input_axes: null, output_axes: null },
  });
  const wrong = { units: 3, kernel_regularizer: { class_name: 'L2', config: { l2: -1 } } };
  expect(() => resolveLayer({ class_name: 'Dense', config: wrong })).toThrow(
    /kernel_regularizer\.config\.l2/,
  );
  expect(() => resolveLayer({ class_name: 'Dense', config: { units: 3, activation: 'rellu' } })).toThrow(
    'activation: Unknown activation "rellu" in activation. Did you mean "relu"',
  );
});

test('a schedule takes the place of a learning rate', () => {
  const schedule = {
    class_name: 'ExponentialDecay',
    config: { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5 },
  };
  expect(resolveOptimizer({ class_name: 'SGD', config: { learning_rate: schedule } }).config).toMatchObject({
    learning_rate: { class_name: 'ExponentialDecay', config: { staircase: false } },
  });
});

test('"accuracy" is that of the kind of targets, under the name that was given', () => {
  const named = (name: string, outputShape: (number | null)[], rest = {}) =>
    resolveMetric(name, { outputShape, ...rest });
  expect(named('accuracy', [null, 1])).toMatchObject({
    class_name: 'BinaryAccuracy',
    config: { name: 'accuracy' },
  });
  expect(named('acc', [null, 5], { targetShape: [null, 5] })).toMatchObject({
    class_name: 'CategoricalAccuracy',
    config: { name: 'acc' },
  });
  expect(named('accuracy', [null, 5], { targetShape: [null, 1] }).class_name).toBe(
    'SparseCategoricalAccuracy',
  );
  expect(named('accuracy', [null, 5], { lossClassName: 'SparseCategoricalCrossentropy' }).class_name).toBe(
    'SparseCategoricalAccuracy',
  );
  expect(resolveMetric('AUC').config['name']).toBe('AUC');
  expect(resolveMetric({ class_name: 'AUC', config: {} }).config['name']).toBe('auc');
});

test('computing in another dtype than float32 is refused', () => {
  const policy = { class_name: 'DTypePolicy', config: { name: 'mixed_float16' } };
  expect(() => resolveLayer({ class_name: 'Dense', config: { units: 1, dtype: policy } })).toThrow(
    'dtype: expected "float32", the only dtype that is computed in; received "mixed_float16"',
  );
});
