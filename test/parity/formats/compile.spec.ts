import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compileSchema, MODEL_FORMATS, type JsonObject } from '@epochal/contracts';
import { writeModelFile, type SafetensorsFile, type TensorToWrite } from '@epochal/model-formats';
import { describeModel, parseModel } from '@epochal/model-spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointTensors, digestOf, writeCheckpoint } from './checkpoint.js';
import { readWithKeras, type FileToRead, type ReadFile } from './keras-files.js';

interface Case {
  readonly name: string;
  /** In the gallery. */
  readonly model: 'mlp' | 'wide_and_deep' | 'nested' | 'nested_output';
  readonly compile: JsonObject;
  /** Slots that stand side by side for each weight, group after group, in Keras's order. */
  readonly slots: string[][];
  readonly logs: string[];
  /** Keras 2 names the outputs of a dictionary by their layers. */
  readonly keras2Logs?: string[];
  /** Whether a schedule computes the learning rate, so that no variable holds it. */
  readonly rate?: 'schedule';
  /** One more scalar of the optimizer. */
  readonly scalar?: string;
  /** Files that hold the model compiled; Keras 3 cannot read every class from `.h5`. */
  readonly formats?: ('h5' | 'keras')[];
  /** Keras 2 lacks a class of it. */
  readonly only?: 'keras_3';
}

const FORMATS = ['h5', 'keras'] as const;
const SCHEDULE = {
  class_name: 'ExponentialDecay',
  config: { initial_learning_rate: 0.01, decay_steps: 100, decay_rate: 0.9 },
};
const optimizer = (
  class_name: string,
  config: JsonObject,
  slots: string[][],
  more: Partial<Case> = {},
): Case => ({
  name: `${class_name} ${JSON.stringify(config)}`,
  model: 'mlp',
  compile: { optimizer: { class_name, config }, loss: 'mse' },
  slots,
  logs: ['loss'],
  ...more,
});

const CASES: Case[] = [
  optimizer('SGD', {}, []),
  optimizer('SGD', { momentum: 0.9, nesterov: true }, [['momentum']]),
  optimizer('RMSprop', { momentum: 0.5, centered: true }, [['velocity'], ['momentum'], ['average_gradient']]),
  optimizer('Adam', { amsgrad: true, clipnorm: 1 }, [['momentum', 'velocity'], ['velocity_hat']]),
  optimizer('Adam', { use_ema: true, ema_momentum: 0.9 }, [['average'], ['momentum', 'velocity']]),
  optimizer('AdamW', { learning_rate: SCHEDULE, weight_decay: 0.01 }, [['momentum', 'velocity']], {
    rate: 'schedule',
  }),
  optimizer('Adamax', {}, [['momentum', 'norm']]),
  optimizer('Nadam', {}, [['momentum', 'velocity']], { scalar: 'u_product' }),
  optimizer('Adagrad', { initial_accumulator_value: 0.2 }, [['accumulator']]),
  optimizer('Adadelta', {}, [['accumulated_grad', 'accumulated_delta_var']]),
  optimizer('Ftrl', {}, [['accumulator', 'linear']]),
  optimizer('Lion', {}, [['momentum']]),
  optimizer('Lamb', {}, [['momentum', 'velocity']], { only: 'keras_3', formats: ['keras'] }),
  {
    name: 'a loss for each output, with options, weights and metrics',
    model: 'wide_and_deep',
    compile: {
      optimizer: 'sgd',
      loss: { output: { class_name: 'Huber', config: { delta: 0.25 } }, aux: 'mae' },
      loss_weights: { output: 1, aux: 0.1 },
      metrics: { output: ['mae', { class_name: 'RootMeanSquaredError', config: {} }] },
      weighted_metrics: { aux: ['mse'] },
    },
    slots: [],
    logs: ['aux_loss', 'aux_mse', 'loss', 'output_loss', 'output_mae', 'output_root_mean_squared_error'],
  },
  {
    name: 'outputs in a dictionary',
    model: 'nested',
    compile: { optimizer: 'sgd', loss: { best: 'mse', wide: 'mae' }, metrics: { wide: ['mse'] } },
    slots: [],
    logs: ['best_loss', 'loss', 'wide_loss', 'wide_mse'],
    keras2Logs: ['loss', 'p_r_loss', 'p_r_mse', 'q_s_loss'],
  },
  {
    name: 'a loss whose reduction only Keras 3 has',
    model: 'mlp',
    compile: { optimizer: 'sgd', loss: { class_name: 'MeanSquaredError', config: { reduction: 'mean' } } },
    slots: [],
    logs: ['loss'],
    only: 'keras_3',
  },
];

describe.each([
  ['keras_3', 'keras-3'],
  ['keras_2', 'keras-2'],
] as const)('a compiled model for %s', (generation, fixtures) => {
  const url = new URL(`../../../libs/model-spec/fixtures/${fixtures}.json`, import.meta.url);
  const gallery = JSON.parse(readFileSync(url, 'utf8')) as {
    models: Record<string, { definition: JsonObject }>;
  };
  const checkpoints = new Map<string, { file: SafetensorsFile; tensors: TensorToWrite[] }>();
  let folder: string;
  let read: Map<string, ReadFile>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'compiled-'));
    const files: FileToRead[] = [];
    for (const [index, { name, model: modelName, compile, slots, rate, scalar }] of CASES.entries()) {
      const { definition } = gallery.models[modelName]!;
      const model = parseModel(definition);
      const tensors = checkpointTensors(describeModel(model), slots, rate === 'schedule' ? null : 0.0625);
      if (scalar !== undefined) {
        tensors.push({
          name: `optimizer/${scalar}`,
          dtype: 'float32',
          shape: [],
          read: () => Float32Array.of(0.5),
        });
      }
      const file = await writeCheckpoint(path.join(folder, `${index}.safetensors`), tensors);
      checkpoints.set(name, { file, tensors });
      for (const format of FORMATS) {
        const target = path.join(folder, `${index}${MODEL_FORMATS[format].extension}`);
        const parsed = compileSchema.parse(compile);
        await writeModelFile({ format, definition, model, compile: parsed, weights: file, path: target });
        files.push({ name: `${name} ${format}`, path: target, format, definition, compile: null });
      }
    }
    read = await readWithKeras(generation, files);
  }, 600_000);
  afterAll(async () => {
    for (const { file } of checkpoints.values()) await file.close();
    await rm(folder, { recursive: true });
  });

  const known = CASES.filter(({ only }) => only === undefined || only === generation);

  it.each(known)(
    '$name: is compiled, trains and logs what it did here',
    ({ name, logs, keras2Logs, formats = FORMATS }) => {
      for (const format of formats) {
        const file = read.get(`${name} ${format}`)!;
        expect(file.warnings).toEqual([]);
        expect(file.trains).toBe(true);
        expect(file.logs).toEqual(generation === 'keras_2' ? (keras2Logs ?? logs) : logs);
      }
    },
  );

  it.each(known.filter(({ name }) => name.includes('{')))(
    "$name: has the optimizer's class and options",
    (each) => {
      const { class_name, config } = each.compile.optimizer as { class_name: string; config: JsonObject };
      const { learning_rate: schedule, ...options } = config;
      for (const format of each.formats ?? FORMATS) {
        const { optimizer_config: seen } = read.get(`${each.name} ${format}`)!;
        expect(seen).toMatchObject({ class_name, ...options, learning_rate: schedule ?? 0.0625 });
      }
    },
  );

  it.each(known)("$name: has the optimizer's state, bit for bit", async ({ name, compile, scalar }) => {
    const { file, tensors } = checkpoints.get(name)!;
    const names = tensors.map((tensor) => tensor.name).filter((tensor) => tensor.startsWith('optimizer/'));
    const kept = names.filter(
      (tensor) =>
        generation === 'keras_3' ||
        (tensor !== 'optimizer/learning_rate' && tensor !== `optimizer/${scalar}`),
    );
    const expected = await Promise.all(kept.map((tensor) => digestOf(file, tensor)));
    const seen = read.get(`${name} keras`)!.optimizer!.map(({ sha256 }) => sha256);
    // Keras 2 keeps a momentum for SGD even when it has none.
    expect(seen.slice(0, expected.length)).toEqual(expected);
    const isPlainSgd = compile.optimizer === 'sgd' || name === 'SGD {}';
    expect(seen.length > expected.length).toBe(generation === 'keras_2' && isPlainSgd);
  });

  it.each(CASES.filter(({ only }) => only !== undefined && only !== generation))(
    '$name: is written without what it lacks',
    ({ name }) => {
      for (const format of FORMATS) {
        const file = read.get(`${name} ${format}`)!;
        expect(file.optimizer).toBeNull();
        expect(file.predictions).toEqual(read.get(`SGD {} ${format}`)!.predictions);
      }
    },
  );
});
