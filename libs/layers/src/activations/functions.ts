import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../ops/constant.js';
import { elu, relu, relu6, selu, sigmoid, softplus, softsign, sqrt, tanh } from '../ops/elementwise.js';
import { rememberLogits } from '../ops/logits.js';
import { leakyRelu } from './relu.js';
import { logSoftmax, softmax, sparsemax } from './softmax.js';

export type Activation = (x: tf.Tensor) => tf.Tensor;

const hardSigmoid: Activation = (x) => tf.mul(relu6(tf.add(x, 3)), 1 / 6);

/** 0 up to -1, `above` from 1 on. */
function between(x: tf.Tensor, middle: tf.Tensor, above: tf.Tensor): tf.Tensor {
  const isLow = constant(() => tf.lessEqual(x, -1));
  const isHigh = constant(() => tf.greaterEqual(x, 1));
  return tf.where(isLow, tf.zerosLike(x), tf.where(isHigh, above, middle));
}

/** Keras's activation functions by name, with their default arguments (keras/src/activations/activations.py). */
export const ACTIVATION_FUNCTIONS: Readonly<Record<string, Activation>> = {
  linear: (x) => x,
  relu,
  relu6,
  leaky_relu: (x) => leakyRelu(x, 0.2),
  elu,
  celu: (x) => tf.add(tf.maximum(x, 0), tf.expm1(tf.minimum(x, 0))),
  selu,
  // tf.erf has its gradient; 0.5 x (1 + erf(x / sqrt 2)) is Keras's exact form.
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  glu: (x) => {
    const [a, b] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
    return tf.mul(a, sigmoid(b));
  },
  silu: (x) => tf.mul(x, sigmoid(x)),
  hard_silu: (x) => tf.mul(x, hardSigmoid(x)),
  mish: (x) => tf.mul(x, tanh(softplus(x))),
  sigmoid: (x) => rememberLogits(sigmoid(x), x),
  hard_sigmoid: hardSigmoid,
  keras_2_hard_sigmoid: (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
  log_sigmoid: (x) => tf.neg(softplus(tf.neg(x))),
  sparse_sigmoid: (x) => between(x, tf.mul(tf.add(x, 1), 0.5), tf.onesLike(x)),
  tanh,
  hard_tanh: (x) => tf.clipByValue(x, -1, 1),
  tanh_shrink: (x) => tf.sub(x, tanh(x)),
  soft_shrink: (x) => tf.sub(relu(tf.sub(x, 0.5)), relu(tf.sub(tf.neg(x), 0.5))),
  hard_shrink: (x) =>
    tf.where(
      constant(() => tf.greater(tf.abs(x), 0.5)),
      x,
      tf.zerosLike(x),
    ),
  softmax: (x) => rememberLogits(softmax(x, -1), x),
  log_softmax: (x) => logSoftmax(x, -1),
  sparsemax: (x) => sparsemax(x),
  softplus,
  softsign,
  squareplus: (x) => tf.mul(tf.add(x, sqrt(tf.add(tf.square(x), 4))), 0.5),
  sparse_plus: (x) => {
    const middle = tf.mul(tf.square(tf.add(x, 1)), 0.25);
    return between(x, middle, x);
  },
  exponential: (x) => tf.exp(x),
};
