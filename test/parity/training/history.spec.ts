import type { Callback, Compile, Fit, JsonObject } from '@epochal/contracts';
import { compileSchema, fitSchema } from '@epochal/contracts';
import { parseModel, readCallbacks } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import {
  CompiledModel,
  createModel,
  evaluate,
  fit,
  predict,
  type FitHost,
  type Samples,
} from '@epochal/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runPython } from './keras-python.js';

interface WrittenTensor {
  shape: number[];
  values: number[];
}
interface WrittenSamples {
  rows: number;
  inputs: WrittenTensor[];
  targets: WrittenTensor[];
  weights: number[] | null;
}
interface KerasRun {
  definition: JsonObject;
  compile: Compile;
  fit: Fit;
  callbacks: Callback[];
  train: WrittenSamples;
  validation: WrittenSamples | null;
  initial_weights: Record<string, number[]>;
  final_weights: Record<string, number[]>;
  history: Record<string, number[]>;
  evaluation: Record<string, number>;
  predictions: number[][];
}

const CASES = [
  'mlp_sgd',
  'mlp_adam',
  'mlp_rmsprop',
  'mlp_schedule',
  'wide_and_deep',
  'classifier',
  'binary',
  'nested',
  'sequence',
  'encoder_decoder',
  'transformer',
  'image',
  'callbacks',
];

const TOLERANCE = 1e-5;

const samples = (written: WrittenSamples): Samples => {
  const tensor = ({ shape, values }: WrittenTensor) => ({ shape, values: Float32Array.from(values) });
  return {
    rows: written.rows,
    inputs: written.inputs.map(tensor),
    targets: written.targets.map(tensor),
    weights: written.weights && Float32Array.from(written.weights),
  };
};

const quietHost: FitHost = {
  execution: (mode, reason) => expect(`${mode} ${reason}`).toBe('graph null'),
  emit: () => {},
  poll: () => Promise.resolve('continue'),
  isCheckpointDue: () => false,
  saveCheckpoint: () => Promise.resolve(),
};

/** Which values differ from what they should be by more than a fraction of it. */
const differing = (
  actual: readonly number[],
  expected: readonly number[],
  what: string,
  tolerance = TOLERANCE,
): string[] => {
  if (actual.length !== expected.length)
    return [`${what} has ${actual.length} values instead of ${expected.length}`];
  return expected.flatMap((value, index) => {
    const difference = Math.abs(actual[index]! - value) / Math.max(Math.abs(value), 1e-3);
    return difference < tolerance ? [] : [`${what}[${index}] is ${actual[index]} instead of ${value}`];
  });
};

const trainAs = async (keras: KerasRun) => {
  const description = parseModel(keras.definition);
  const model = createModel(description, 0);
  // Paths of inner layers are named otherwise; the order is Keras's.
  const initial = Object.values(keras.initial_weights);
  [...model.variables.values()].forEach(({ variable }, index) =>
    variable.assign(tf.tensor(initial[index]!, variable.shape, variable.dtype)),
  );
  const train = samples(keras.train);
  const trainable = new CompiledModel(
    model,
    compileSchema.parse(keras.compile),
    train.targets.map(({ shape }) => [null, ...shape]),
  );
  const result = await fit({
    trainable,
    train,
    validation: keras.validation && samples(keras.validation),
    testRows: 0,
    fit: fitSchema.parse(keras.fit),
    seed: 0,
    callbacks: readCallbacks(keras.callbacks).callbacks,
    batchIntervalSeconds: 0.5,
    resume: null,
    host: quietHost,
  });
  const rest = { trainable, samples: train, batchSize: 64, batchIntervalSeconds: 0.5, host: quietHost };
  return { model, result, evaluation: await evaluate(rest), predictions: await predict(rest) };
};

let kerasRuns: Record<string, KerasRun>;
beforeAll(async () => {
  loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });
  kerasRuns = await runPython('keras_history.py', CASES);
});

describe.each(CASES)('%s, trained as by Keras 3', (name) => {
  let keras: KerasRun;
  let ours: Awaited<ReturnType<typeof trainAs>>;
  beforeAll(async () => {
    keras = kerasRuns[name]!;
    ours = await trainAs(keras);
  });

  it('has the same history: the same logs at the same epochs, to 1e-5', () => {
    const names = new Set(ours.result.history.flatMap(({ logs }) => Object.keys(logs)));
    expect([...names].sort()).toEqual(Object.keys(keras.history).sort());
    const valuesOf = (log: string): number[] =>
      ours.result.history.flatMap(({ logs }) => (log in logs ? [logs[log]!] : []));
    const wrong = Object.entries(keras.history).flatMap(([log, values]) =>
      differing(valuesOf(log), values, log),
    );
    expect(wrong).toEqual([]);
  });

  it('ends with the same weights', () => {
    const expected = Object.values(keras.final_weights);
    const variables = [...ours.model.variables.values()];
    expect(variables).toHaveLength(expected.length);
    const wrong = variables.flatMap(({ path, variable }, index) =>
      differing([...variable.dataSync()], expected[index]!, path, 1e-3),
    );
    expect(wrong).toEqual([]);
  });

  it('evaluates and predicts the same', () => {
    const evaluated = Object.entries(keras.evaluation).flatMap(([log, value]) =>
      differing([ours.evaluation![log]!], [value], log),
    );
    const predicted = keras.predictions.flatMap((values, output) =>
      differing([...ours.predictions![output]!.values], values, `output ${output}`, 1e-3),
    );
    expect([...evaluated, ...predicted]).toEqual([]);
  });
});
