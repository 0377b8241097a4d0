import type { Callback } from '../callbacks/callback.js';
import type { Trainable } from '../compile/trainable.js';
import type { Executor } from '../execution/executor.js';
import { TrainingError } from '../training-error.js';
import type { EpochLogs, StoredTensor, TrainingProgress, TrainingState } from './training-state.js';
import { checkpointVariables, readVariables } from './variables.js';

/** How far a training has come; the loop moves it on. */
export type Position = {
  -readonly [Key in 'epoch' | 'step' | 'totalSteps' | 'epochSeconds']: TrainingProgress[Key];
};

interface RunningTraining {
  readonly trainable: Trainable;
  readonly executor: Executor;
  readonly callbacks: readonly Callback[];
  readonly position: Position;
  readonly stopTraining: boolean;
  readonly ended: boolean;
  readonly history: readonly EpochLogs[];
}

const callbackPrefix = (index: number): string => `callback/${index}/`;

const callbackTensors = (callback: Callback, index: number, tensors: Record<string, StoredTensor>): void => {
  for (const [path, values] of Object.entries(callback.weights?.() ?? {})) {
    const { shape, dtype } = tensors[`model/${path}`]!;
    tensors[`${callbackPrefix(index)}${path}`] = { shape, dtype, values };
  }
};

/** Copies the whole state of a running training. */
export const captureState = (running: RunningTraining): TrainingState => {
  const { trainable, executor, callbacks, position, stopTraining, ended } = running;
  const tensors = readVariables(executor, checkpointVariables(trainable));
  callbacks.forEach((callback, index) => callbackTensors(callback, index, tensors));
  const states = callbacks.map((callback) => ({ className: callback.className, state: callback.state() }));
  const { epoch, step, totalSteps, epochSeconds } = position;
  return {
    progress: { epoch, step, totalSteps, epochSeconds, stopTraining, ended, callbacks: states },
    history: [...running.history],
    tensors,
  };
};

/**
 * Gives callbacks the memory that a checkpoint kept.
 * @throws TrainingError when the checkpoint is of a job with other callbacks
 */
export const restoreCallbacks = (callbacks: readonly Callback[], state: TrainingState): void => {
  const saved = state.progress.callbacks;
  const namesOf = (list: readonly { className: string }[]): string =>
    list.map(({ className }) => className).join(', ');
  if (namesOf(saved) !== namesOf(callbacks))
    throw new TrainingError(
      'invalid_checkpoint',
      `the checkpoint is of a training with the callbacks [${namesOf(saved)}], not [${namesOf(callbacks)}]`,
    );
  callbacks.forEach((callback, index) => {
    const prefix = callbackPrefix(index);
    const weights = Object.entries(state.tensors).filter(([name]) => name.startsWith(prefix));
    const values = weights.map(([name, tensor]) => [name.slice(prefix.length), tensor.values] as const);
    callback.restore(saved[index]!.state, values.length > 0 ? Object.fromEntries(values) : null);
  });
};
