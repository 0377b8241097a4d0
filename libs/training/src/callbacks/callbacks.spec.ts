import { readCallbacks } from '@epochal/model-spec';
import type { JsonObject } from '@epochal/contracts';
import { describe, expect, it } from 'vitest';
import type { Callback, TrainingControl, WeightValues } from './callback.js';
import { createCallbacks } from './create-callbacks.js';

/** A training without a model: its one weight is the number of epochs done. */
class RecordedTraining implements TrainingControl {
  stopped = false;
  checkpoints: number[] = [];
  learningRate = 0.1;
  epoch = 0;
  warnings: string[] = [];
  weights: WeightValues = {};
  stopTraining = (): void => void (this.stopped = true);
  requestCheckpoint = (): void => void this.checkpoints.push(this.epoch);
  getWeights = (): WeightValues => ({ w: Float32Array.of(this.epoch) });
  setWeights = (values: WeightValues): void => void (this.weights = values);
  getLearningRate = (): number => Math.fround(this.learningRate);
  setLearningRate = (value: number): void => void (this.learningRate = value);
  directionOf = (name: string): 'up' | 'down' | null => {
    if (name.endsWith('loss')) return 'down';
    return name.endsWith('accuracy') ? 'up' : null;
  };
  warn = (message: string): void => void this.warnings.push(message);
}

const create = (className: string, config: JsonObject, control: TrainingControl): Callback => {
  const { callbacks, problems } = readCallbacks([{ class_name: className, config }]);
  expect(problems).toEqual([]);
  return createCallbacks(callbacks, control)[0]!;
};

/** Feeds one value an epoch until training is stopped; returns the epochs that ran. */
const runEpochs = (
  callback: Callback,
  training: RecordedTraining,
  name: string,
  values: number[],
): number => {
  for (const value of values) {
    callback.onEpochEnd?.(training.epoch, { [name]: value });
    training.epoch += 1;
    if (training.stopped) break;
  }
  return training.epoch;
};

describe('EarlyStopping', () => {
  it('stops after patience epochs without improvement and puts the best weights back', () => {
    const training = new RecordedTraining();
    const config = { patience: 2, restore_best_weights: true };
    const callback = create('EarlyStopping', config, training);
    expect(runEpochs(callback, training, 'val_loss', [3, 2, 2.5, 2.1, 1])).toBe(4);
    callback.onTrainEnd?.();
    expect(training.weights).toEqual({ w: Float32Array.of(1) });
  });

  it('goes on after a restart as if it had not stopped', () => {
    const config = { patience: 2, restore_best_weights: true, min_delta: 0.1 };
    const values = [3, 2, 2.5, 1.95, 1];
    const before = new RecordedTraining();
    const first = create('EarlyStopping', config, before);
    runEpochs(first, before, 'val_loss', values.slice(0, 3));
    const after = new RecordedTraining();
    after.epoch = 3;
    const second = create('EarlyStopping', config, after);
    second.restore(JSON.parse(JSON.stringify(first.state())), first.weights!());
    expect(runEpochs(second, after, 'val_loss', values.slice(3))).toBe(4);
    second.onTrainEnd?.();
    expect(after.weights).toEqual({ w: Float32Array.of(1) });
  });

  it('does not wait before start_from_epoch, and stops when nothing beats the baseline', () => {
    const training = new RecordedTraining();
    const config = { patience: 1, start_from_epoch: 2, baseline: 1 };
    const callback = create('EarlyStopping', config, training);
    expect(runEpochs(callback, training, 'val_loss', [9, 8, 7, 6, 5, 4, 4, 3])).toBe(7);
  });

  it('knows by the metric whether it should rise', () => {
    const training = new RecordedTraining();
    const callback = create('EarlyStopping', { monitor: 'val_accuracy', patience: 1 }, training);
    expect(runEpochs(callback, training, 'val_accuracy', [0.1, 0.2, 0.15, 0.3])).toBe(3);
  });

  it('asks for a mode when nothing tells the direction', () => {
    const callback = create('EarlyStopping', { monitor: 'val_custom' }, new RecordedTraining());
    expect(() => callback.onEpochEnd?.(0, { val_custom: 1 })).toThrow(/give mode "max" or "min"/);
  });

  it('warns once when the monitored log does not exist', () => {
    const training = new RecordedTraining();
    const callback = create('EarlyStopping', {}, training);
    runEpochs(callback, training, 'loss', [1, 1, 1]);
    expect(training.warnings).toEqual([
      'EarlyStopping monitors val_loss, which is not available. Available are: loss',
    ]);
  });

  it('keeps a NaN best through a checkpoint', () => {
    const training = new RecordedTraining();
    const callback = create('EarlyStopping', { patience: 5 }, training);
    callback.onEpochEnd?.(0, { val_loss: NaN });
    expect(JSON.parse(JSON.stringify(callback.state()))).toMatchObject({ best: 'NaN' });
  });
});

describe('ModelCheckpoint', () => {
  it('asks for a checkpoint only at the best epochs so far', () => {
    const training = new RecordedTraining();
    const callback = create('ModelCheckpoint', { save_best_only: true }, training);
    runEpochs(callback, training, 'val_loss', [3, 4, 2, 2, 1]);
    expect(training.checkpoints).toEqual([0, 2, 4]);
  });
});

describe('ReduceLROnPlateau', () => {
  it('lowers the learning rate after patience epochs, waits through the cooldown, and not below min_lr', () => {
    const training = new RecordedTraining();
    const config = { patience: 1, factor: 0.5, cooldown: 1, min_lr: 0.03 };
    const callback = create('ReduceLROnPlateau', config, training);
    const rates = Array.from({ length: 7 }, () => {
      runEpochs(callback, training, 'val_loss', [1]);
      return Number(training.learningRate.toFixed(4));
    });
    expect(rates).toEqual([0.1, 0.05, 0.03, 0.03, 0.03, 0.03, 0.03]);
  });

  it('adds the learning rate to the logs', () => {
    const training = new RecordedTraining();
    const logs: Record<string, number> = { val_loss: 1 };
    create('ReduceLROnPlateau', {}, training).onEpochEnd?.(0, logs);
    expect(logs['learning_rate']).toBe(Math.fround(0.1));
  });
});

describe('TerminateOnNaN', () => {
  it('ends training at a loss that is not finite', () => {
    const training = new RecordedTraining();
    const callback = create('TerminateOnNaN', {}, training);
    callback.onTrainBatchEnd?.(0, { loss: 1 });
    expect(training.stopped).toBe(false);
    callback.onTrainBatchEnd?.(1, { loss: Infinity });
    expect(training.stopped).toBe(true);
  });
});
