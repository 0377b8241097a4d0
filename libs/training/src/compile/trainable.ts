import type { StepFunction } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';

/** A metric or loss as it appears in the logs. */
export interface LogDescription {
  readonly name: string;
  /** Whether greater or smaller is better; null when that is not known. */
  readonly direction: 'up' | 'down' | null;
}

/** Variables by the name under which checkpoints hold them. */
export type NamedVariables = ReadonlyMap<string, tf.Variable>;

/**
 * A compiled model as the loops see it. A step takes one batch of each input, then of each target that a loss or metric reads,
 * then the row weights if there are any; all state is in the variables.
 */
export interface Trainable {
  /** `<path>` of each weight, in the model's order. */
  readonly weights: NamedVariables;
  /** `iterations`, `learning_rate` and `<slot>/<path>`. */
  readonly optimizerVariables: NamedVariables;
  /** State of the losses and metrics of training, by `<log>/<variable>`. */
  readonly trainTrackers: NamedVariables;
  /** The same for evaluating: training and validation do not disturb each other. */
  readonly testTrackers: NamedVariables;
  readonly learningRate: LearningRate;
  readonly logs: readonly LogDescription[];
  /** @param weighted whether the last column holds row weights */
  trainStep(seed: number, weighted: boolean): StepFunction;
  testStep(weighted: boolean): StepFunction;
  predictStep(): StepFunction;
  /** What the optimizer does to the weights after the last epoch. */
  readonly finalizeWeights: StepFunction;
  /** One output: every log's value, float32, in the order of `logs`. */
  readonly trainLogs: StepFunction;
  readonly testLogs: StepFunction;
  readonly resetTrainTrackers: StepFunction;
  readonly resetTestTrackers: StepFunction;
}

/** A variable when callbacks may set it, else a schedule that only the optimizer computes. */
export type LearningRate =
  | { readonly kind: 'variable'; readonly variable: tf.Variable }
  | { readonly kind: 'schedule'; readonly current: StepFunction };
