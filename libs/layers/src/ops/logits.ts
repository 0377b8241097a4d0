import type * as tf from '@tensorflow/tfjs-core';

/**
 * The logits that a softmax or sigmoid came from. Keras's crossentropies compute from them where they can, which keeps the
 * gradient of confident predictions (`_keras_logits` in keras/src/activations/activations.py).
 */
const logits = new WeakMap<tf.Tensor, tf.Tensor>();

export function rememberLogits(output: tf.Tensor, input: tf.Tensor): tf.Tensor {
  logits.set(output, input);
  return output;
}

export const logitsOf = (output: tf.Tensor): tf.Tensor | undefined => logits.get(output);
