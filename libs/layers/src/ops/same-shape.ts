import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';

// Float tensors of one shape. TensorFlow.js's own gradients cast and reshape for broadcasting, which are operations of their own in
// a traced step; what is computed at every step of a sequence is worth saving them.

export const addSame = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  customGradient([a, b], (x, y) => ({
    value: tf.add(x!, y!),
    saved: [],
    gradients: (dy) => [dy, dy],
  }));

export const subtractSame = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  customGradient([a, b], (x, y) => ({
    value: tf.sub(x!, y!),
    saved: [],
    gradients: (dy) => [dy, tf.neg(dy)],
  }));

export const multiplySame = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  customGradient([a, b], (x, y) => ({
    value: tf.mul(x!, y!),
    saved: [x!, y!],
    gradients: (dy, [p, q]) => [tf.mul(dy, q!), tf.mul(dy, p!)],
  }));
