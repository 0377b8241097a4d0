import { expect, it } from 'vitest';
import { compileJson } from './python-json.js';

it('is JSON that means the same', () => {
  const config = {
    optimizer: { class_name: 'SGD', config: { momentum: 0, nesterov: true } },
    loss: ['mse', null],
    k: 1,
  };
  expect(JSON.parse(compileJson(config))).toEqual(config);
});

it("writes an optimizer's numbers as floats, its counts as whole numbers, and leaves all else", () => {
  const schedule = {
    class_name: 'CosineDecay',
    config: { initial_learning_rate: 1, decay_steps: 100, alpha: 0.5 },
  };
  const config = {
    learning_rate: schedule,
    momentum: 0,
    ema_overwrite_frequency: 10,
    clipnorm: 1e-7,
    nesterov: true,
  };
  expect(compileJson({ optimizer_config: { config }, metrics: [{ k: 5 }] })).toBe(
    '{"optimizer_config": {"config": {"learning_rate": {"class_name": "CosineDecay", "config": ' +
      '{"initial_learning_rate": 1.0, "decay_steps": 100, "alpha": 0.5}}, "momentum": 0.0, ' +
      '"ema_overwrite_frequency": 10, "clipnorm": 1e-7, "nesterov": true}}, "metrics": [{"k": 5}]}',
  );
});
