import { describe, expect, it } from 'vitest';
import { readCallbacks } from './read-callbacks.js';

describe('readCallbacks', () => {
  it("fills in Keras's defaults", () => {
    const { callbacks, problems } = readCallbacks([{ class_name: 'EarlyStopping', config: { patience: 3 } }]);
    expect(problems).toEqual([]);
    expect(callbacks).toEqual([
      {
        className: 'EarlyStopping',
        config: {
          monitor: 'val_loss',
          min_delta: 0,
          patience: 3,
          verbose: 0,
          mode: 'auto',
          baseline: null,
          restore_best_weights: false,
          start_from_epoch: 0,
        },
      },
    ]);
  });

  it('names the nearest callback for a name that does not exist, and points at it', () => {
    const { problems } = readCallbacks([{ class_name: 'early_stoping', config: {} }]);
    expect(problems).toEqual([
      expect.objectContaining({
        pointer: '/callbacks/0/class_name',
        message: 'There is no callback early_stoping. Did you mean EarlyStopping?',
      }),
    ]);
  });

  it('says what to do instead of a callback that needs code', () => {
    const { problems } = readCallbacks([{ class_name: 'LearningRateScheduler', config: {} }]);
    expect(problems[0]?.message).toMatch(/needs code.*schedule/);
  });

  it('points at the config key that is wrong', () => {
    const { callbacks, problems } = readCallbacks([
      { class_name: 'ReduceLROnPlateau', config: { factor: 1.5 } },
      { class_name: 'TerminateOnNaN', config: { patience: 1 } },
    ]);
    expect(callbacks).toEqual([]);
    expect(problems.map((problem) => problem.pointer)).toEqual([
      '/callbacks/0/config/factor',
      '/callbacks/1/config',
    ]);
  });
});
