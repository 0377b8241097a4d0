import type { JsonObject } from '@epochal/contracts';
import { readCallbacks } from '@epochal/model-spec';
import { createCallbacks, type TrainingControl } from '@epochal/training';
import { expect, it } from 'vitest';
import { runPython } from './keras-python.js';

interface Case {
  class_name: string;
  config: JsonObject;
  values: number[];
}
interface Decisions {
  epochs: number;
  saved: number[];
  rates: number[];
  kept: number | null;
}

/** A repeatable stream of numbers in [0, 1). */
const numbers = (seed: number): (() => number) => {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
};

const randomCases = (count: number): Case[] => {
  const next = numbers(20);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(next() * choices.length)]!;
  return Array.from({ length: count }, () => {
    const values = Array.from({ length: 25 }, () => Math.round(next() * 20) / 10);
    const monitored = { monitor: 'val_loss', mode: pick('auto', 'min', 'max') };
    const min_delta = pick(0, 0.1, 0.3, -0.2);
    const patience = pick(0, 1, 2, 4);
    return pick<Case>(
      {
        class_name: 'EarlyStopping',
        config: {
          ...monitored,
          min_delta,
          patience,
          baseline: pick(null, 0.4, 1.2),
          restore_best_weights: pick(true, false),
          start_from_epoch: pick(0, 3),
        },
        values,
      },
      {
        class_name: 'ReduceLROnPlateau',
        config: {
          ...monitored,
          min_delta,
          patience,
          factor: pick(0.1, 0.5),
          cooldown: pick(0, 1, 3),
          min_lr: pick(0, 0.01),
        },
        values,
      },
      {
        class_name: 'ModelCheckpoint',
        config: {
          ...monitored,
          filepath: 'model.keras',
          save_best_only: pick(true, false),
          initial_value_threshold: pick(null, 1),
        },
        values,
      },
    );
  });
};

const decide = ({ class_name, config, values }: Case): Decisions => {
  const decisions: Decisions = { epochs: 0, saved: [], rates: [], kept: null };
  let [rate, epoch, stopped] = [Math.fround(0.1), 0, false];
  const control: TrainingControl = {
    stopTraining: () => (stopped = true),
    requestCheckpoint: () => decisions.saved.push(epoch),
    getWeights: () => ({ epoch: Float32Array.of(epoch) }),
    setWeights: (weights) => (decisions.kept = weights['epoch']![0]!),
    getLearningRate: () => rate,
    setLearningRate: (value) => (rate = Math.fround(value)),
    directionOf: () => 'down',
    warn: (message) => expect.fail(message),
  };
  const [callback] = createCallbacks(readCallbacks([{ class_name, config }]).callbacks, control);
  for (epoch = 0; epoch < values.length && !stopped; epoch++) {
    callback!.onEpochEnd?.(epoch, { val_loss: values[epoch]! });
    decisions.rates.push(rate);
  }
  callback!.onTrainEnd?.();
  return { ...decisions, epochs: decisions.rates.length };
};

it("decides as Keras's callbacks do, over hundreds of random configs and histories", async () => {
  const cases = randomCases(400);
  const keras = await runPython<Decisions[]>('keras_callbacks.py', [], JSON.stringify(cases));
  cases.forEach((each, index) => expect(decide(each), JSON.stringify(each)).toEqual(keras[index]));
});
