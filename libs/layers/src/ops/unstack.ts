import * as tf from '@tensorflow/tfjs-core';

/** Parts along an axis, without it. TensorFlow.js has no gradient for the unstacking of one part. */
export const unstack = (x: tf.Tensor, axis: number): tf.Tensor[] =>
  x.shape[axis] === 1 ? [tf.squeeze(x, [axis])] : tf.unstack(x, axis);
