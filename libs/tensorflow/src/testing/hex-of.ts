import type * as tf from '@tensorflow/tfjs-core';

/** Type, shape and all bytes of a tensor: equal for tensors that are the same bit for bit. */
export function hexOf(tensor: tf.Tensor): string {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return `${tensor.dtype} [${tensor.shape.join()}] ${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
}
