import type { Fit } from '@epochal/contracts';
import { permutation } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import type { Callback, LogValues } from '../callbacks/callback.js';
import { createCallbacks } from '../callbacks/create-callbacks.js';
import { planEpoch, type EpochPlan } from '../data/epoch-plan.js';
import type { Samples } from '../data/samples.js';
import { captureState, restoreCallbacks, type Position } from '../state/capture-state.js';
import type { EpochLogs, TrainingState } from '../state/training-state.js';
import { checkpointVariables, writeVariables } from '../state/variables.js';
import { readLogs, runEvaluation } from './evaluation.js';
import type { FitHost, FitOptions, FitResult } from './fit-options.js';
import { checkLoss } from './check-loss.js';
import { prepareSamples } from './prepare-samples.js';
import { inOrder } from './rows.js';
import { Throttle } from './throttle.js';
import { TrainingControls } from './training-controls.js';
import { openTrainingSession, SECONDS_PER_CALL, type TrainingSession } from './training-session.js';
import { toWireLogs } from './wire-logs.js';

const now = (): number => performance.now() / 1000;

/** One run of Keras's `Model.fit`, from its beginning or from a checkpoint. */
class FitRun {
  readonly #host: FitHost;
  readonly #fit: Fit;
  readonly #session: TrainingSession;
  readonly #controls: TrainingControls;
  readonly #callbacks: Callback[];
  readonly #throttle: Throttle;
  readonly #history: EpochLogs[];
  readonly #position: Position;
  #epochStarted = 0;
  #ended: boolean;

  constructor(
    private readonly options: FitOptions,
    private readonly samples: { train: Samples; validation: Samples | null },
  ) {
    const { fit, host, resume, trainable, batchIntervalSeconds } = options;
    this.#host = host;
    this.#fit = fit;
    this.#session = openTrainingSession({
      trainable,
      ...samples,
      batchSize: fit.batch_size,
      validationBatchSize: fit.validation_batch_size ?? fit.batch_size,
      seed: options.seed,
      secondsPerCall: Math.min(SECONDS_PER_CALL, batchIntervalSeconds),
      execution: options.execution ?? 'auto',
    });
    this.#throttle = new Throttle(batchIntervalSeconds);
    this.#controls = new TrainingControls(trainable, this.#session.executor, (event) => host.emit(event));
    this.#callbacks = createCallbacks(options.callbacks, this.#controls);
    this.#position = {
      epoch: fit.initial_epoch,
      step: 0,
      totalSteps: 0,
      epochSeconds: 0,
      ...resume?.progress,
    };
    this.#history = [...(resume?.history ?? [])];
    this.#ended = resume?.progress.ended ?? false;
  }

  async run(): Promise<FitResult> {
    const { executor } = this.#session;
    this.#host.execution(executor.mode, executor.reason);
    try {
      this.#begin();
      while (this.#position.epoch < this.#fit.epochs && !this.#controls.stopRequested && !this.#ended)
        if (!(await this.#runEpoch())) {
          await this.#save('interrupted');
          executor.pull();
          return { outcome: 'stopped', history: this.#history };
        }
      await this.#end();
      executor.pull();
      return { outcome: 'completed', history: this.#history };
    } finally {
      executor.dispose();
    }
  }

  #begin(): void {
    const { resume, testRows } = this.options;
    for (const callback of this.#callbacks) callback.onTrainBegin?.();
    if (resume !== null) this.#restore(resume);
    const { epoch, step } = this.#position;
    this.#host.emit({
      type: 'train_begin',
      data: {
        epochs: this.#fit.epochs,
        initial_epoch: this.#fit.initial_epoch,
        steps: this.#plan(epoch).steps,
        samples: {
          train: this.samples.train.rows,
          validation: this.samples.validation?.rows ?? 0,
          test: testRows,
        },
        resumed_from: resume && { epoch, step },
      },
    });
  }

  #restore(state: TrainingState): void {
    writeVariables(this.#session.executor, checkpointVariables(this.options.trainable), state.tensors);
    restoreCallbacks(this.#callbacks, state);
    this.#controls.stopRequested = state.progress.stopTraining;
  }

  #plan(epoch: number): EpochPlan {
    const { initial_epoch: initialEpoch, steps_per_epoch: stepsPerEpoch } = this.#fit;
    return planEpoch(epoch, { initialEpoch, batches: this.#session.train.count, stepsPerEpoch });
  }

  /** @returns false when the host said stop; the position then tells how far the epoch came */
  async #runEpoch(): Promise<boolean> {
    const { epoch } = this.#position;
    const plan = this.#plan(epoch);
    this.#epochStarted = now() - this.#position.epochSeconds;
    if (this.#position.step === 0) {
      this.#host.emit({ type: 'epoch_begin', data: { epoch } });
      tf.dispose(this.#session.executor.call('resetTrainTrackers'));
    }
    if (!(await this.#train(plan))) return false;
    const logs = readLogs(this.#session.executor, 'trainLogs', this.options.trainable.logs);
    const validation = await this.#validate(epoch);
    if (validation === null) return false;
    for (const [name, value] of Object.entries(validation)) logs[`val_${name}`] = value;
    await this.#endEpoch(epoch, logs);
    return true;
  }

  async #train({ passEpoch, firstBatch, steps }: EpochPlan): Promise<boolean> {
    const { executor, train } = this.#session;
    const rows = this.samples.train.rows;
    const order = tf.tensor1d(
      this.#fit.shuffle ? permutation(rows, this.options.seed, passEpoch) : inOrder(rows),
      'int32',
    );
    try {
      while (this.#position.step < steps && !this.#controls.stopRequested) {
        const ran = train.run(executor, order, firstBatch + this.#position.step, firstBatch + steps);
        tf.dispose(ran.outputs);
        this.#position.step += ran.batches;
        this.#position.totalSteps += ran.batches;
        this.#afterBatches(steps);
        if (!(await this.#proceed())) return false;
      }
      return true;
    } finally {
      order.dispose();
    }
  }

  /** What Keras does after every batch happens after the last batch of each native call. */
  #afterBatches(steps: number): void {
    const { epoch, step } = this.#position;
    const batch = step - 1;
    const logs = readLogs(this.#session.executor, 'trainLogs', this.options.trainable.logs);
    if (this.#throttle.pass())
      this.#host.emit({ type: 'train_batch_end', data: { epoch, batch, logs: toWireLogs(logs) } });
    for (const callback of this.#callbacks) callback.onTrainBatchEnd?.(batch, logs);
    if (!this.#callbacks.some(({ className }) => className === 'TerminateOnNaN'))
      checkLoss(logs['loss']!, { epoch, batch, steps });
  }

  /** @returns no logs when this epoch is not validated; null when the host said stop */
  async #validate(epoch: number): Promise<LogValues | null> {
    const { executor, validation: batches } = this.#session;
    if (batches === null || (epoch + 1) % this.#fit.validation_freq !== 0) return {};
    return runEvaluation({
      executor,
      batches,
      rows: this.samples.validation!.rows,
      logs: this.options.trainable.logs,
      throttle: this.#throttle,
      emit: (event) => this.#host.emit(event),
      proceed: () => this.#proceed(),
    });
  }

  async #endEpoch(epoch: number, logs: Record<string, number>): Promise<void> {
    for (const callback of this.#callbacks) callback.onEpochEnd?.(epoch, logs);
    this.#history.push({ epoch, logs });
    const seconds = now() - this.#epochStarted;
    this.#host.emit({ type: 'epoch_end', data: { epoch, logs: toWireLogs(logs), seconds } });
    Object.assign(this.#position, { epoch: epoch + 1, step: 0, epochSeconds: 0 });
    const last = epoch + 1 >= this.#fit.epochs || this.#controls.stopRequested;
    const due = !last && this.#host.isCheckpointDue(epoch + 1);
    if (due || this.#controls.checkpointRequested) await this.#save('going on');
    this.#controls.checkpointRequested = false;
  }

  /** @returns false when the host said stop */
  async #proceed(): Promise<boolean> {
    const request = await this.#host.poll();
    if (request === 'checkpoint') await this.#save('interrupted');
    return request !== 'stop';
  }

  async #end(): Promise<void> {
    if (!this.#ended) {
      tf.dispose(this.#session.executor.call('finalizeWeights'));
      for (const callback of this.#callbacks) callback.onTrainEnd?.();
    }
    this.#ended = true;
    this.#host.emit({ type: 'train_end', data: { logs: toWireLogs(this.#history.at(-1)?.logs ?? {}) } });
    await this.#save('ended');
  }

  async #save(moment: 'interrupted' | 'going on' | 'ended'): Promise<void> {
    if (moment === 'interrupted') this.#position.epochSeconds = now() - this.#epochStarted;
    const state = captureState({
      trainable: this.options.trainable,
      executor: this.#session.executor,
      callbacks: this.#callbacks,
      position: this.#position,
      stopTraining: this.#controls.stopRequested,
      ended: this.#ended,
      history: this.#history,
    });
    const { epoch, totalSteps: step } = this.#position;
    const logs = this.#history.at(-1)?.logs ?? {};
    await this.#host.saveCheckpoint({ epoch, step, logs, final: this.#ended, state });
  }
}

/**
 * Keras's `Model.fit`: epochs of shuffled batches, validation, callbacks in Keras's order. The variables of the model hold the
 * result when it ends. Whoever resumes from one of its checkpoints gets the same numbers, bit for bit.
 * @throws TrainingError for what the user can mend: arguments, data, a loss that is no longer finite
 */
export const fit = (options: FitOptions): Promise<FitResult> =>
  new FitRun(options, prepareSamples(options.train, options.validation, options.fit)).run();
