import * as tf from '@tensorflow/tfjs-core';
import type { Trainable } from '../compile/trainable.js';
import type { Samples } from '../data/samples.js';
import { openExecutor, type Execution } from '../execution/open-executor.js';
import type { Computation, Executor } from '../execution/executor.js';
import { Batches } from './batches.js';
import { columnsOf } from './rows.js';

/** The greatest time that one native call may take: nothing is answered meanwhile. */
export const SECONDS_PER_CALL = 0.25;

export interface TrainingSession {
  readonly executor: Executor;
  readonly train: Batches;
  readonly validation: Batches | null;
}

export interface TrainingSessionOptions {
  readonly trainable: Trainable;
  readonly train: Samples;
  readonly validation: Samples | null;
  readonly batchSize: number;
  readonly validationBatchSize: number;
  readonly seed: number;
  readonly secondsPerCall: number;
  readonly execution: Execution;
}

const allVariables = (trainable: Trainable): tf.Variable[] => [
  ...trainable.weights.values(),
  ...trainable.optimizerVariables.values(),
  ...trainable.trainTrackers.values(),
  ...trainable.testTrackers.values(),
];

/** Brings rows and variables into an executor that can train and validate. */
export const openTrainingSession = (options: TrainingSessionOptions): TrainingSession => {
  const { trainable, train, validation, secondsPerCall } = options;
  const trainBatches = new Batches('train', train.rows, options.batchSize, secondsPerCall);
  const validationBatches =
    validation && new Batches('validation', validation.rows, options.validationBatchSize, secondsPerCall);
  const { learningRate } = trainable;
  const data = {
    train: columnsOf(train),
    ...(validation && { validation: columnsOf(validation) }),
  };
  const computation: Computation = {
    variables: allVariables(trainable),
    functions: {
      trainLogs: trainable.trainLogs,
      resetTrainTrackers: trainable.resetTrainTrackers,
      finalizeWeights: trainable.finalizeWeights,
      ...(validation && { testLogs: trainable.testLogs, resetTestTrackers: trainable.resetTestTrackers }),
      ...(learningRate.kind === 'schedule' && { learningRate: learningRate.current }),
    },
    loops: {
      ...trainBatches.loops(trainable.trainStep(options.seed, train.weights !== null)),
      ...validationBatches?.loops(trainable.testStep(validation!.weights !== null)),
    },
    data,
  };
  const executor = openExecutor(computation, options.execution);
  tf.dispose(data);
  return { executor, train: trainBatches, validation: validationBatches };
};
