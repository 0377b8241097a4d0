import os from 'node:os';
import path from 'node:path';
import type { RunSpec, TrainerMessage } from '@epochal/contracts';
import {
  describeModel,
  parseModel,
  readCallbacks,
  type CallbackDescription,
  type ModelDetails,
} from '@epochal/model-spec';
import { loadTensorFlow, type ThreadCounts } from '@epochal/tensorflow';
import {
  chooseThreadCounts,
  CompiledModel,
  createModel,
  evaluate,
  fit,
  loadState,
  loadWeights,
  toWireLogs,
  TrainingError,
  type TrainingState,
} from '@epochal/training';
import type { ControlRequests } from './channel/control-requests.js';
import type { MessageChannel } from './channel/message-channel.js';
import { failureOf } from './failure-of.js';
import {
  checkSameRows,
  readMemory,
  writeMemory,
  type CheckpointMemory,
} from './checkpoint/checkpoint-memory.js';
import { loadData, type LoadedData } from './data/load-data.js';
import { TrainerHost } from './trainer-host.js';

export interface TrainerRun {
  readonly spec: RunSpec;
  readonly dataFolder: string;
  readonly outputFolder: string;
  readonly messages: MessageChannel;
  readonly control: ControlRequests;
}

type Ending = Extract<TrainerMessage, { type: 'succeeded' | 'stopped' | 'failed' }>;

/** Trains as the run spec says. @returns how it ended @throws for a mistake in this program, or when the worker is gone */
export const runTrainer = async (run: TrainerRun): Promise<Ending> => {
  try {
    return await train(run);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { type: 'failed', failure };
  }
};

const callbacksOf = ({ callbacks }: RunSpec): CallbackDescription[] => {
  const read = readCallbacks(callbacks);
  if (read.problems.length > 0)
    throw new TrainingError('invalid_callback', read.problems.map(({ message }) => message).join('; '));
  return read.callbacks;
};

interface Earlier {
  readonly state: TrainingState;
  readonly memory: CheckpointMemory;
}

const readEarlier = async ({ spec, dataFolder }: TrainerRun): Promise<Earlier | null> => {
  if (spec.resume_from === null) return null;
  const { state, extra } = await loadState(path.join(dataFolder, spec.resume_from));
  return { state, memory: readMemory(extra) };
};

/** Native TensorFlow. How a sum is divided among threads changes its last bits, so a resumed training keeps its number of threads. */
const openTensorFlow = async (
  details: ModelDetails,
  { fit: { batch_size: batchSize } }: RunSpec,
  earlier: Earlier | null,
): Promise<{ device: string; threads: ThreadCounts }> => {
  const threads =
    earlier?.memory.threads ?? chooseThreadCounts(details, batchSize, os.availableParallelism());
  return { device: loadTensorFlow({ threads }).device, threads };
};

const stopped = ({ control }: TrainerRun): Ending => ({
  type: 'stopped',
  cause: control.stop ?? 'terminate',
});

const train = async (run: TrainerRun): Promise<Ending> => {
  const { spec, dataFolder } = run;
  const details = describeModel(parseModel(spec.model.definition));
  const callbacks = callbacksOf(spec);
  const earlier = await readEarlier(run);
  // DuckDB's threads read the rows while TensorFlow is loaded here.
  const [data, { device, threads }] = await Promise.all([
    loadData(spec, dataFolder, details),
    openTensorFlow(details, spec, earlier),
  ]);
  const memory = { preprocessing: data.preprocessing, threads };
  if (earlier !== null) checkSameRows(earlier.memory, memory);
  if (run.control.stop !== null) return stopped(run);

  const model = createModel(details.model, spec.seed);
  if (spec.initial_weights !== null) await loadWeights(model, path.join(dataFolder, spec.initial_weights));
  const trainable = new CompiledModel(model, spec.compile, data.targetShapes);
  const host = new TrainerHost({ ...run, device, metadata: writeMemory(memory) });
  const { outcome } = await fit({
    trainable,
    train: data.train,
    validation: data.validation,
    testRows: data.test?.rows ?? 0,
    fit: spec.fit,
    seed: spec.seed,
    callbacks,
    batchIntervalSeconds: spec.events.batch_interval_seconds,
    resume: earlier?.state ?? null,
    host,
  });
  if (outcome === 'stopped') return stopped(run);
  return evaluateTest(run, trainable, host, data);
};

const evaluateTest = async (
  run: TrainerRun,
  trainable: CompiledModel,
  host: TrainerHost,
  { test: samples }: LoadedData,
): Promise<Ending> => {
  if (samples === null) return { type: 'succeeded', test: null };
  const { fit: options, events } = run.spec;
  const logs = await evaluate({
    trainable,
    samples,
    batchSize: options.validation_batch_size ?? options.batch_size,
    batchIntervalSeconds: events.batch_interval_seconds,
    host,
  });
  return logs === null ? stopped(run) : { type: 'succeeded', test: toWireLogs(logs) };
};
