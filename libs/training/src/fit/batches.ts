import type { StepFunction } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import type { Executor, LoopStep } from '../execution/executor.js';
import { StepPacer } from '../execution/step-pacer.js';

/** Runs the batches of one set of rows: full ones many at a time, and the smaller last one by a loop of its own. */
export class Batches {
  readonly count: number;
  readonly #full: number;
  readonly #pacer: StepPacer;

  constructor(
    private readonly name: string,
    private readonly rows: number,
    private readonly batchSize: number,
    secondsPerCall: number,
  ) {
    this.#full = Math.floor(rows / batchSize);
    this.count = Math.ceil(rows / batchSize);
    this.#pacer = new StepPacer(secondsPerCall);
  }

  /** The loops that `run` will ask the executor for. */
  loops(step: StepFunction, outputs: 'last' | 'every' = 'last'): Record<string, LoopStep> {
    const loop = (batchSize: number): LoopStep => ({ data: this.name, batchSize, step, outputs });
    const partial = this.rows % this.batchSize;
    return {
      ...(this.#full > 0 && { [`${this.name}_full`]: loop(this.batchSize) }),
      ...(partial > 0 && { [`${this.name}_partial`]: loop(partial) }),
    };
  }

  /**
   * Runs as many batches as fit into one native call, from batch `first` and not past batch `end`.
   * @returns how many it ran, and the step's outputs, which the caller disposes
   */
  run(
    executor: Executor,
    order: Int32Array | tf.Tensor1D,
    first: number,
    end: number,
  ): { batches: number; outputs: tf.Tensor[] } {
    const firstRow = first * this.batchSize;
    if (first >= this.#full)
      return {
        batches: 1,
        outputs: executor.runLoop(`${this.name}_partial`, { order, firstRow, batches: 1 }),
      };
    const batches = this.#pacer.next(Math.min(end, this.#full) - first);
    const started = performance.now();
    const outputs = executor.runLoop(`${this.name}_full`, { order, firstRow, batches });
    this.#pacer.record(batches, (performance.now() - started) / 1000);
    return { batches, outputs };
  }
}
