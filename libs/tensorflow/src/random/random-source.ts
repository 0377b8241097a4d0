import * as tf from '@tensorflow/tfjs-core';
import { hash32 } from './hash.js';

/**
 * Seeds for the random operations of one step. The n-th seed is a function of (seed, n, step) alone, so a resumed run draws what
 * an uninterrupted one would, and a traced step draws what an eager one would. Make a new source for each execution of the step.
 */
export class RandomSource {
  #drawn = 0;

  /**
   * @param seed of the run, an integer from 0 to 2^53 - 1
   * @param step the step's number, an int32 scalar; it must be an input or a variable, so that it stays one in a trace
   */
  constructor(
    readonly seed: number,
    readonly step: tf.Tensor,
  ) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`seed must be an integer from 0 to 2^53 - 1, not ${String(seed)}`);
    }
    if (step.dtype !== 'int32' || step.rank !== 0) {
      throw new TypeError(
        `step must be an int32 scalar, not ${step.dtype} of shape [${step.shape.join(', ')}]`,
      );
    }
  }

  /** The next seed, int32 of shape [2], for the `stateless…` operations. */
  next(): tf.Tensor1D {
    const operation = hash32(this.seed, this.#drawn) | 0;
    this.#drawn += 1;
    return tf.tidy(() => tf.stack([tf.scalar(operation, 'int32'), this.step]) as tf.Tensor1D);
  }
}
