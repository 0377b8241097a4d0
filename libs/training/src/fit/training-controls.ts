import type { EventDraft } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainingControl, WeightValues } from '../callbacks/callback.js';
import type { Trainable } from '../compile/trainable.js';
import type { Executor } from '../execution/executor.js';
import { readVariables, writeVariables } from '../state/variables.js';
import { TrainingError } from '../training-error.js';

/** What callbacks may do to a fit, and what they have asked for. */
export class TrainingControls implements TrainingControl {
  stopRequested = false;
  checkpointRequested = false;

  constructor(
    private readonly trainable: Trainable,
    private readonly executor: Executor,
    private readonly emit: (event: EventDraft) => void,
  ) {}

  stopTraining(): void {
    this.stopRequested = true;
  }

  requestCheckpoint(): void {
    this.checkpointRequested = true;
  }

  getWeights(): WeightValues {
    const stored = readVariables(this.executor, this.trainable.weights);
    return Object.fromEntries(Object.entries(stored).map(([path, { values }]) => [path, values]));
  }

  setWeights(values: WeightValues): void {
    const stored = [...this.trainable.weights].map(
      ([path, { shape, dtype }]) =>
        [path, { shape, dtype: dtype as 'float32' | 'int32', values: values[path]! }] as const,
    );
    writeVariables(this.executor, this.trainable.weights, Object.fromEntries(stored));
  }

  getLearningRate(): number {
    const { learningRate } = this.trainable;
    const outputs =
      learningRate.kind === 'variable'
        ? this.executor.read([learningRate.variable])
        : this.executor.call('learningRate');
    const [value] = outputs[0]!.dataSync();
    tf.dispose(outputs);
    return value!;
  }

  setLearningRate(value: number): void {
    const { learningRate } = this.trainable;
    if (learningRate.kind === 'schedule')
      throw new TrainingError(
        'invalid_callback',
        'the learning rate is a schedule, which a callback cannot change: give the optimizer a number, or leave out ReduceLROnPlateau',
      );
    tf.tidy(() => this.executor.assign([tf.scalar(value)], [learningRate.variable]));
  }

  directionOf(logName: string): 'up' | 'down' | null {
    const name = logName.replace(/^val_/, '');
    return this.trainable.logs.find((log) => log.name === name)?.direction ?? null;
  }

  warn(message: string): void {
    this.emit({ type: 'log', data: { level: 'warning', message } });
  }
}
