import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from '../ops/elementwise.js';
import { sum } from '../ops/reduce.js';
import type { LossFunction } from './loss.js';

type Axes = number | readonly number[] | null;

/** One less twice the overlap over the sum of both. */
export const dice = (axes: Axes): LossFunction => ({
  values(yTrue, yPred) {
    const overlap = sum(tf.mul(yTrue, yPred), axes);
    const total = tf.add(tf.add(sum(yTrue, axes), sum(yPred, axes)), EPSILON);
    return tf.sub(1, tf.div(tf.mul(overlap, 2), total));
  },
});

/** Dice with weights for the two kinds of error (Salehi et al. 2017). */
export const tversky = (alpha: number, beta: number, axes: Axes): LossFunction => ({
  values(yTrue, yPred) {
    const overlap = sum(tf.mul(yTrue, yPred), axes);
    const missed = sum(tf.mul(tf.sub(1, yPred), yTrue), axes);
    const extra = sum(tf.mul(yPred, tf.sub(1, yTrue)), axes);
    const total = tf.add(tf.add(overlap, tf.mul(missed, alpha)), tf.mul(extra, beta));
    return tf.sub(1, tf.div(overlap, tf.add(total, EPSILON)));
  },
});
