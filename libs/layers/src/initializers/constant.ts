import * as tf from '@tensorflow/tfjs-core';

/** One number everywhere, or nested lists of numbers that broadcast to the shape. */
export function constant(value: unknown, shape: readonly number[]): tf.Tensor {
  if (typeof value === 'number') return tf.fill([...shape], value, 'float32');
  return tf.broadcastTo(tf.tensor(numbersOf(value) as tf.TensorLike, undefined, 'float32'), [...shape]);
}

/** Keras writes an array as `{ class_name: "__numpy__" | "__tensor__", config: { value } }`. */
function numbersOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'config' in value) {
    return (value.config as { value: unknown }).value;
  }
  return value;
}
