import { typeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from '../ops/custom-gradient.js';
import { EPSILON } from '../ops/elementwise.js';
import { logitsOf } from '../ops/logits.js';
import { FLOAT, nativeOperations } from '../ops/native.js';
import { mean, sum } from '../ops/reduce.js';
import type { LossFunction } from './loss.js';

const clip = (x: tf.Tensor) => tf.clipByValue(x, EPSILON, 1 - EPSILON);

/** Label smoothing towards the even distribution. */
export const smooth = (yTrue: tf.Tensor, smoothing: number, even: number): tf.Tensor =>
  smoothing === 0 ? yTrue : tf.add(tf.mul(yTrue, 1 - smoothing), smoothing * even);

/** Crossentropy of each pair of label and prediction (keras.ops.binary_crossentropy). */
export function binaryElements(yTrue: tf.Tensor, yPred: tf.Tensor, fromLogits: boolean): tf.Tensor {
  const logits = logitsOf(yPred) ?? (fromLogits ? yPred : undefined);
  if (logits !== undefined) return sigmoidCrossentropy(yTrue, logits);
  const p = clip(yPred);
  const positive = tf.mul(yTrue, tf.log(p));
  const negative = tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p)));
  return tf.neg(tf.add(positive, negative));
}

function sigmoidCrossentropy(yTrue: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  return customGradient([logits], (x) => ({
    value: tf.add(tf.sub(tf.relu(x!), tf.mul(x!, yTrue)), tf.log1p(tf.exp(tf.neg(tf.abs(x!))))),
    saved: [x!, yTrue],
    gradients: (dy, [saved, labels]) => [tf.mul(dy, tf.sub(tf.sigmoid(saved!), labels!))],
  }));
}

export function binaryCrossentropy(fromLogits: boolean, smoothing: number, axis: number): LossFunction {
  const elements = (yTrue: tf.Tensor, yPred: tf.Tensor) =>
    binaryElements(smooth(yTrue, smoothing, 0.5), yPred, fromLogits);
  return {
    values: (yTrue, yPred) => mean(elements(yTrue, yPred), axis),
    mean: (yTrue, yPred) => mean(elements(yTrue, yPred)),
  };
}

export function categoricalCrossentropy(fromLogits: boolean, smoothing: number, axis: number): LossFunction {
  return {
    values(yTrue, yPred) {
      const labels = smooth(yTrue, smoothing, 1 / (yTrue.shape.at(-1) ?? 1));
      const logits = logitsOf(yPred) ?? (fromLogits ? yPred : undefined);
      if (logits !== undefined) return softmaxCrossentropy(labels, logits, axis);
      const normalized = clip(tf.div(yPred, sum(yPred, axis, 'keep axes')));
      return tf.neg(sum(tf.mul(labels, tf.log(normalized)), axis));
    },
  };
}

export function sparseCategoricalCrossentropy(
  fromLogits: boolean,
  ignoredClass: number | null,
  axis: number,
): LossFunction {
  const labelsOf = (yTrue: tf.Tensor, rank: number) =>
    yTrue.rank === rank && yTrue.shape.at(axis) === 1 ? tf.squeeze(yTrue, [axis]) : yTrue;
  const logitsFor = (yPred: tf.Tensor) => logitsOf(yPred) ?? (fromLogits ? yPred : tf.log(clip(yPred)));
  if (ignoredClass === null) {
    return {
      values: (yTrue, yPred) => sparseSoftmaxCrossentropy(labelsOf(yTrue, yPred.rank), logitsFor(yPred)),
    };
  }
  return {
    values(yTrue, yPred) {
      const labels = labelsOf(yTrue, yPred.rank);
      const counts = tf.notEqual(labels, ignoredClass);
      // Keras replaces the predictions too, which hides the logits from it.
      const predicted = tf.where(tf.expandDims(counts, axis), yPred, tf.zerosLike(yPred));
      const known = tf.where(counts, labels, tf.zerosLike(labels));
      const values = sparseSoftmaxCrossentropy(known, logitsFor(predicted));
      return tf.where(counts, values, tf.zerosLike(values));
    },
    mask: (yTrue, values) => tf.notEqual(labelsOf(yTrue, values.rank + 1), ignoredClass),
  };
}

function softmaxCrossentropy(labels: tf.Tensor, logits: tf.Tensor, axis: number): tf.Tensor {
  const along = axis < 0 ? axis + logits.rank : axis;
  const last = logits.rank - 1;
  const toLast = (x: tf.Tensor) =>
    along === last
      ? x
      : tf.transpose(x, [...x.shape.keys()].filter((index) => index !== along).concat(along));
  return rowwise('SoftmaxCrossEntropyWithLogits', toLast(logits), toLast(labels), [FLOAT]);
}

function sparseSoftmaxCrossentropy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const indices = labels.dtype === 'int32' ? labels : tf.cast(labels, 'int32');
  const attributes = [FLOAT, typeAttribute('Tlabels', 'int32')];
  return rowwise('SparseSoftmaxCrossEntropyWithLogits', logits, indices, attributes);
}

/** An operation that gives the loss of each row of a matrix of logits and, with it, the gradient. */
function rowwise(
  operation: string,
  logits: tf.Tensor,
  labels: tf.Tensor,
  attributes: Parameters<typeof nativeOperations>[3],
): tf.Tensor {
  const classes = logits.shape.at(-1) ?? 1;
  const asRows = (x: tf.Tensor) => (x.rank === 2 ? x : tf.reshape(x, [-1, classes]));
  const flatLabels = labels.rank === logits.rank ? asRows(labels) : flatten(labels);
  const rows = asRows(logits);
  const losses = customGradient([rows], (x) => {
    const [value, backward] = nativeOperations(operation, [x!, flatLabels], 2, attributes) as [
      tf.Tensor,
      tf.Tensor,
    ];
    return {
      value,
      saved: [backward],
      gradients: (dy, [saved]) => [tf.mul(tf.expandDims(dy, -1), saved!)],
    };
  });
  return logits.rank === 2 ? losses : tf.reshape(losses, logits.shape.slice(0, -1));
}

const flatten = (x: tf.Tensor) => (x.rank === 1 ? x : tf.reshape(x, [-1]));
