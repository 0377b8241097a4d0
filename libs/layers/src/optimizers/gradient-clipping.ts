import type { JsonObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';

export type ClipGradients = (gradients: readonly tf.Tensor[]) => readonly tf.Tensor[];

/** clipnorm, global_clipnorm or clipvalue of keras/src/optimizers/base_optimizer.py; numbers that are not positive clip nothing. */
export function gradientClipping(config: JsonObject): ClipGradients {
  const limit = (key: string) => {
    const value = config[key];
    return typeof value === 'number' && value > 0 ? value : undefined;
  };
  const [norm, globalNorm, value] = [limit('clipnorm'), limit('global_clipnorm'), limit('clipvalue')];
  if (norm !== undefined) return (gradients) => gradients.map((gradient) => clipByNorm(gradient, norm));
  if (globalNorm !== undefined) return (gradients) => clipByGlobalNorm(gradients, globalNorm);
  if (value !== undefined)
    return (gradients) => gradients.map((gradient) => tf.clipByValue(gradient, -value, value));
  return (gradients) => gradients;
}

const squares = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x));

const clipByNorm = (gradient: tf.Tensor, limit: number): tf.Tensor =>
  tf.div(tf.mul(gradient, limit), tf.maximum(tf.sqrt(squares(gradient)), limit));

function clipByGlobalNorm(gradients: readonly tf.Tensor[], limit: number): tf.Tensor[] {
  const norm = tf.sqrt(tf.addN(gradients.map(squares)));
  const scale = tf.mul(tf.minimum(tf.div(1, norm), 1 / limit), limit);
  // An infinite norm makes all gradients NaN, as in Keras, rather than zero.
  const finite = tf.add(scale, tf.sub(norm, norm));
  return gradients.map((gradient) => tf.mul(gradient, finite));
}
