import type { JsonObject } from '@epochal/contracts';

/** Keras's logs: names and values. */
export type LogValues = Readonly<Record<string, number>>;

/** Values of the model's weights by path. */
export type WeightValues = Readonly<Record<string, Float32Array | Int32Array>>;

/** What a callback may do to the training that it watches. */
export interface TrainingControl {
  /** Training ends after this epoch, as with Keras's `model.stop_training`. */
  stopTraining(): void;
  /** Asks for a checkpoint once the callbacks of this moment have run. */
  requestCheckpoint(): void;
  getWeights(): WeightValues;
  setWeights(values: WeightValues): void;
  getLearningRate(): number;
  /** @throws TrainingError when the learning rate is a schedule. */
  setLearningRate(value: number): void;
  /** Whether greater or smaller values of this log are better; null when its metric does not say. */
  directionOf(logName: string): 'up' | 'down' | null;
  warn(message: string): void;
}

/**
 * A Keras callback: called at Keras's moments in Keras's order. `logs` may be added to at the end of an epoch. Its state
 * and weights go into checkpoints, so that a resumed training goes on as if it had not stopped.
 */
export interface Callback {
  readonly className: string;
  onTrainBegin?(): void;
  onTrainBatchEnd?(batch: number, logs: LogValues): void;
  onEpochEnd?(epoch: number, logs: Record<string, number>): void;
  onTrainEnd?(): void;
  /** What must survive a restart, as JSON. */
  state(): JsonObject;
  /** Weights that must survive a restart, such as the best ones; null when there are none. */
  weights?(): WeightValues | null;
  restore(state: JsonObject, weights: WeightValues | null): void;
}
