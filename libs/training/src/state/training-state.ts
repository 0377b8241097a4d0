import type { JsonObject } from '@epochal/contracts';
import type { LogValues } from '../callbacks/callback.js';

/** A tensor as checkpoints hold it. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: Float32Array | Int32Array;
}

/** Where training stands, and what its callbacks remember. */
export interface TrainingProgress {
  /** Epochs completed, counted from 0 even when training began at a later one. */
  readonly epoch: number;
  /** Batches completed in the current epoch. */
  readonly step: number;
  /** Batches completed over all epochs of this job. */
  readonly totalSteps: number;
  /** Seconds spent in the current epoch. */
  readonly epochSeconds: number;
  /** A callback has asked training to end after the current epoch. */
  readonly stopTraining: boolean;
  /** Training is over, and its callbacks have had their last word. */
  readonly ended: boolean;
  readonly callbacks: readonly { readonly className: string; readonly state: JsonObject }[];
}

/** The logs of one completed epoch. */
export interface EpochLogs {
  readonly epoch: number;
  readonly logs: LogValues;
}

/**
 * The whole state of a training: from it a resumed run goes on to the same numbers, bit for bit. Tensors are named
 * `model/<path>`, `optimizer/iterations`, `optimizer/learning_rate`, `optimizer/<slot>/<path>`, `tracker/<log>/<variable>` and
 * `callback/<index>/<path>`.
 */
export interface TrainingState {
  readonly progress: TrainingProgress;
  readonly history: readonly EpochLogs[];
  readonly tensors: Readonly<Record<string, StoredTensor>>;
}
