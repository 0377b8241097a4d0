import type { EventDraft, Fit } from '@epochal/contracts';
import type { CallbackDescription } from '@epochal/model-spec';
import type { LogValues } from '../callbacks/callback.js';
import type { Trainable } from '../compile/trainable.js';
import type { Samples } from '../data/samples.js';
import type { Execution } from '../execution/open-executor.js';
import type { EpochLogs, TrainingState } from '../state/training-state.js';

/** What is asked of training between two native calls. */
export type Request = 'continue' | 'checkpoint' | 'stop';

export interface SavedCheckpoint {
  /** Epochs completed. */
  readonly epoch: number;
  /** Batches completed over all epochs. */
  readonly step: number;
  /** Logs of the last completed epoch. */
  readonly logs: LogValues;
  /** Whether training ended with this state. */
  readonly final: boolean;
  readonly state: TrainingState;
}

/** Where training runs: it takes the events, is asked what to do, and stores checkpoints. */
export interface FitHost {
  execution(mode: 'graph' | 'eager', reason: string | null): void;
  emit(event: EventDraft): void;
  /** Called between native calls, several times a second. It should let pending input be read. */
  poll(): Promise<Request>;
  /** Whether to save after an epoch, beside what callbacks ask for. */
  isCheckpointDue(epochsCompleted: number): boolean;
  saveCheckpoint(checkpoint: SavedCheckpoint): Promise<void>;
}

export interface FitOptions {
  readonly trainable: Trainable;
  readonly train: Samples;
  /** Takes the place of `fit.validation_split`. */
  readonly validation: Samples | null;
  /** Rows of the test split, only to be told. */
  readonly testRows: number;
  readonly fit: Fit;
  readonly seed: number;
  readonly callbacks: readonly CallbackDescription[];
  /** Least time between two batch events; 0 sends every batch. */
  readonly batchIntervalSeconds: number;
  /** A state to go on from. */
  readonly resume: TrainingState | null;
  readonly host: FitHost;
  readonly execution?: Execution;
}

export interface FitResult {
  /** `stopped` when the host said stop. */
  readonly outcome: 'completed' | 'stopped';
  readonly history: readonly EpochLogs[];
}
