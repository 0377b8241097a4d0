import type { JsonObject, Shape } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { Mask } from '../layer.js';

/** A streaming Keras metric. Everything that changes is in its variables; `update` and `result` are operations only. */
export interface Metric {
  /** The name in Keras's logs. Keras makes names unique within a process: a second "auc" is "auc_1". */
  readonly name: string;
  /** In Keras's order of creation, float32. */
  readonly variables: readonly tf.Variable[];
  /** Sets all variables to zero, as at the begin of each epoch. */
  reset(): void;
  /** Takes a batch into account, by assigning the variables. Weights and masks count as the metric's Keras class has it. */
  update(yTrue: tf.Tensor, yPred: tf.Tensor, sampleWeight?: tf.Tensor | null, mask?: Mask): void;
  /** A scalar, or a vector where the config asks for one number a class or threshold. */
  result(): tf.Tensor;
}

export interface MetricContext {
  /** Shape of the output that the metric is for; per-class metrics take their number of classes from it. */
  readonly outputShape: Shape;
}

/** What a metric class computes. */
export interface MetricState {
  readonly variables: readonly tf.Variable[];
  update(yTrue: tf.Tensor, yPred: tf.Tensor, sampleWeight: tf.Tensor | null, mask: Mask): void;
  result(): tf.Tensor;
}

export type CreateMetricState = (config: JsonObject, context: MetricContext) => MetricState;

export const zeroVariable = (...shape: number[]): tf.Variable =>
  tf.tidy(() => tf.variable(tf.zeros(shape), false));

export function addTo(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(tf.add(variable, value));
}
