import {
  compileSchema,
  fitSchema,
  type Callback,
  type Compile,
  type EventDraft,
  type Fit,
  type JsonObject,
} from '@epochal/contracts';
import { parseModel, readCallbacks } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import { CompiledModel } from '../compile/compile-model.js';
import type { Samples } from '../data/samples.js';
import type { Execution } from '../execution/open-executor.js';
import { fit } from '../fit/fit.js';
import type { FitHost, FitResult, Request, SavedCheckpoint } from '../fit/fit-options.js';
import { createModel } from '../model/create-model.js';
import type { TrainingState } from '../state/training-state.js';

export const loadSmallTensorFlow = (): unknown => loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const layer = (class_name: string, config: JsonObject): JsonObject => ({ class_name, config });

/** A Sequential model as Keras 3 writes it, of layers given by class name and config. */
export const sequential = (width: number, ...layers: [string, JsonObject][]): JsonObject => ({
  class_name: 'Sequential',
  config: {
    name: 'sequential',
    layers: [
      layer('InputLayer', { name: 'input', batch_shape: [null, width] }),
      ...layers.map(([className, config], index) => layer(className, { name: `layer_${index}`, ...config })),
    ],
  },
});

/** Dropout, batch normalization and an L2 penalty: all that must survive a restart. */
export const restlessModel = sequential(
  5,
  ['Dense', { units: 12, activation: 'relu', kernel_regularizer: layer('L2', { l2: 0.001 }) }],
  ['BatchNormalization', {}],
  ['Dropout', { rate: 0.3 }],
  ['Dense', { units: 1 }],
);

/** Rows whose target follows from the inputs, the same at every call. */
export const waveSamples = (rows: number, width = 5, phase = 0): Samples => {
  const values = Float32Array.from(
    { length: rows * width },
    (_, index) => Math.sin(index * 1.37 + phase) * 2,
  );
  const target = (row: number): number =>
    values
      .subarray(row * width, (row + 1) * width)
      .reduce((sum, value, index) => sum + value * (index - 1.5), 0);
  return {
    rows,
    inputs: [{ shape: [width], values }],
    targets: [{ shape: [1], values: Float32Array.from({ length: rows }, (_, row) => target(row)) }],
    weights: null,
  };
};

export interface SmallTraining {
  definition?: JsonObject;
  compile?: JsonObject;
  fit?: Partial<Fit>;
  callbacks?: Callback[];
  train?: Samples;
  validation?: Samples | null;
  seed?: number;
  resume?: TrainingState | null;
  execution?: Execution;
  batchIntervalSeconds?: number;
  /** Answers of the host, in turn; then `continue`. */
  requests?: (native: number) => Request;
}

export interface Recorded {
  result: FitResult;
  events: EventDraft[];
  checkpoints: SavedCheckpoint[];
  mode: string;
  weights: Record<string, number[]>;
}

/** Trains a small model to the end, or until its host says stop, and records what the host was told. */
export const trainSmall = async (training: SmallTraining = {}): Promise<Recorded> => {
  const train = training.train ?? waveSamples(150);
  const model = createModel(parseModel(training.definition ?? restlessModel), training.seed ?? 3);
  const compile: Compile = compileSchema.parse(
    training.compile ?? { optimizer: 'adam', loss: 'mse', metrics: ['mae'] },
  );
  const trainable = new CompiledModel(
    model,
    compile,
    train.targets.map(({ shape }) => [null, ...shape]),
  );
  const events: EventDraft[] = [];
  const checkpoints: SavedCheckpoint[] = [];
  let mode = '';
  let native = 0;
  const host: FitHost = {
    execution: (chosen, reason) => (mode = reason === null ? chosen : `${chosen}: ${reason}`),
    emit: (event) => events.push(event),
    poll: () => Promise.resolve(training.requests?.(native++) ?? 'continue'),
    isCheckpointDue: () => false,
    saveCheckpoint: (checkpoint) => Promise.resolve(void checkpoints.push(checkpoint)),
  };
  const result = await fit({
    trainable,
    train,
    validation: training.validation === undefined ? waveSamples(50, 5, 1) : training.validation,
    testRows: 0,
    fit: fitSchema.parse({ epochs: 4, ...training.fit }),
    seed: training.seed ?? 3,
    callbacks: readCallbacks(training.callbacks ?? []).callbacks,
    batchIntervalSeconds: training.batchIntervalSeconds ?? 0.5,
    resume: training.resume ?? null,
    host,
    execution: training.execution ?? 'auto',
  });
  const weights = [...model.variables].map(([path, { variable }]): [string, number[]] => [
    path,
    [...variable.dataSync()],
  ]);
  trainable.dispose();
  return { result, events, checkpoints, mode, weights: Object.fromEntries(weights) };
};
