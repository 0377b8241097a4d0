import { typeAttribute } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { nativeOperation } from '../ops/native.js';

/** Whether targets and predictions are equal. */
export const accuracy = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => tf.equal(yTrue, yPred);

/** Whether predictions are on the targets' side of the threshold. */
export const binaryAccuracy =
  (threshold: number) =>
  (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
    tf.equal(yTrue, tf.cast(tf.greater(yPred, threshold), 'float32'));

/** Whether the likeliest class is the right one; targets are one-hot. */
export const categoricalAccuracy = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
  tf.equal(tf.argMax(yTrue, -1), tf.argMax(yPred, -1));

/** Whether the likeliest class is the right one; targets are class numbers. */
export const sparseCategoricalAccuracy = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
  tf.equal(classNumbers(yTrue, yPred), tf.argMax(yPred, -1));

/** Class numbers, int32, of one rank less than the predictions. */
const classNumbers = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
  const labels = yTrue.rank === yPred.rank && yTrue.shape.at(-1) === 1 ? tf.squeeze(yTrue, [-1]) : yTrue;
  return tf.cast(labels, 'int32');
};

/** Whether the right class is among the k likeliest; targets are one-hot. */
export const topKCategoricalAccuracy =
  (k: number) =>
  (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
    inTopK(tf.argMax(yTrue, -1), yPred, k);

/** Whether the right class is among the k likeliest; targets are class numbers. */
export const sparseTopKCategoricalAccuracy =
  (k: number, predictions: 'scores' | 'sorted class numbers') =>
  (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
    if (predictions === 'scores') return inTopK(classNumbers(yTrue, yPred), yPred, k);
    const labels = yTrue.rank === yPred.rank ? yTrue : tf.expandDims(yTrue, -1);
    const first = tf.slice(
      yPred,
      yPred.shape.map(() => 0),
      [...yPred.shape.slice(0, -1), k],
    );
    return tf.any(tf.equal(labels, first), -1);
  };

/** Equal scores at the edge all count as in (TensorFlow's InTopK). */
function inTopK(labels: tf.Tensor, scores: tf.Tensor, k: number): tf.Tensor {
  const rows = scores.rank === 2 ? scores : tf.reshape(scores, [-1, scores.shape.at(-1) ?? 1]);
  const flat = labels.rank === 1 ? labels : tf.reshape(labels, [-1]);
  const found = nativeOperation(
    'InTopKV2',
    [rows, tf.cast(flat, 'int32'), tf.scalar(k, 'int32')],
    [typeAttribute('T', 'int32')],
  );
  return labels.rank === 1 ? found : tf.reshape(found, labels.shape);
}
