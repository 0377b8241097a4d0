import * as tf from '@tensorflow/tfjs-core';
import { softmax } from '../activations/softmax.js';
import { EPSILON, sigmoid } from '../ops/elementwise.js';
import { mean, sum } from '../ops/reduce.js';
import { binaryElements, smooth } from './crossentropy.js';
import type { LossFunction } from './loss.js';

export interface FocalOptions {
  readonly gamma: number;
  readonly fromLogits: boolean;
  readonly smoothing: number;
  readonly axis: number;
}

/** @param balance weight of the class 1; null for none */
export function binaryFocalCrossentropy(
  balance: number | null,
  { gamma, fromLogits, smoothing, axis }: FocalOptions,
): LossFunction {
  return {
    values(target, yPred) {
      const yTrue = smooth(target, smoothing, 0.5);
      const p = fromLogits ? sigmoid(yPred) : yPred;
      const crossentropy = binaryElements(yTrue, p, false);
      const negative = tf.sub(1, yTrue);
      const right = tf.add(tf.mul(yTrue, p), tf.mul(negative, tf.sub(1, p)));
      const focal = tf.mul(tf.pow(tf.sub(1, right), gamma), crossentropy);
      if (balance === null) return mean(focal, axis);
      const weight = tf.add(tf.mul(yTrue, balance), tf.mul(negative, 1 - balance));
      return mean(tf.mul(weight, focal), axis);
    },
  };
}

/** @param alpha weight of all classes, or of each */
export function categoricalFocalCrossentropy(
  alpha: number | readonly number[],
  { gamma, fromLogits, smoothing, axis }: FocalOptions,
): LossFunction {
  return {
    values(target, yPred) {
      const yTrue = smooth(target, smoothing, 1 / (target.shape.at(-1) ?? 1));
      const p = fromLogits ? softmax(yPred, axis) : yPred;
      const output = tf.clipByValue(tf.div(p, sum(p, axis, 'keep axes')), EPSILON, 1 - EPSILON);
      const crossentropy = tf.neg(tf.mul(yTrue, tf.log(output)));
      const weight = typeof alpha === 'number' ? tf.scalar(alpha) : tf.tensor1d([...alpha]);
      return sum(tf.mul(tf.mul(tf.pow(tf.sub(1, output), gamma), weight), crossentropy), axis);
    },
  };
}

/** Zhang and Sabuncu 2018. Targets are class numbers. */
export const generalizedCrossentropy = (q: number): LossFunction => ({
  values(yTrue, yPred) {
    const labels = tf.cast(yTrue.rank === yPred.rank ? tf.squeeze(yTrue, [-1]) : yTrue, 'int32');
    const chosen = sum(tf.mul(yPred, tf.oneHot(labels as tf.Tensor1D, yPred.shape.at(-1) ?? 1)), -1);
    return tf.mul(tf.sub(1, tf.pow(chosen, q)), 1 / q);
  },
});
