import type { LoopRun, StepFunction } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';

/** A step that is run over batches of the rows named `data`. */
export interface LoopStep {
  readonly data: string;
  readonly batchSize: number;
  readonly step: StepFunction;
  readonly outputs?: 'last' | 'every';
}

/** All that a fit, an evaluation or a prediction runs natively: the same steps whether they are traced or run op by op. */
export interface Computation {
  readonly variables: readonly tf.Variable[];
  /** Steps without inputs, such as resetting the metrics and computing the logs. */
  readonly functions: Readonly<Record<string, StepFunction>>;
  readonly loops: Readonly<Record<string, LoopStep>>;
  /** Columns of each set of rows, `[rows, ...row]`; the executor keeps its own copy. */
  readonly data: Readonly<Record<string, readonly tf.Tensor[]>>;
}

/** Runs a computation. Tensors that it returns are the caller's to dispose. */
export interface Executor {
  readonly mode: 'graph' | 'eager';
  /** Why steps run op by op; null when they run as a graph. */
  readonly reason: string | null;
  call(name: string): tf.Tensor[];
  /** One native call over `batches` batches; nothing else happens in the meantime. */
  runLoop(name: string, run: Pick<LoopRun, 'order' | 'firstRow' | 'batches'>): tf.Tensor[];
  read(variables: readonly tf.Variable[]): tf.Tensor[];
  assign(values: readonly tf.Tensor[], variables: readonly tf.Variable[]): void;
  /** Gives the TensorFlow.js variables the values that training left. */
  pull(): void;
  /** Frees everything but the TensorFlow.js variables. */
  dispose(): void;
}
