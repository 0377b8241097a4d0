import * as tf from '@tensorflow/tfjs-core';

type Format = 'channels_last' | 'channels_first';

/** Does an operation on channels-last tensors for an input of either format; on a CPU TensorFlow has no other. */
export function channelsLast(
  x: tf.Tensor,
  format: Format,
  operation: (x: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  return format === 'channels_last' ? operation(x) : toChannelsFirst(operation(toChannelsLast(x)));
}

export const toChannelsLast = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [0, ...x.shape.slice(2).map((_size, axis) => axis + 2), 1]);

export const toChannelsFirst = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [0, x.rank - 1, ...x.shape.slice(1, -1).map((_size, axis) => axis + 1)]);
