import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { nativeOperation } from './native.js';

/**
 * Takes from `a` where the condition holds, else from `b`. One operation forward and two back: `tf.where` would repeat the condition
 * to the full shape first.
 * @param condition bool; its shape broadcasts to that of `a`
 * @param a float32
 * @param b float32, of the shape of `a`
 */
export function select(condition: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return customGradient([a, b], (x, y) => ({
    value: choose(condition, x!, y!),
    saved: [condition],
    gradients: (dy, [isFirst]) => {
      const zero = tf.scalar(0);
      return [choose(isFirst!, dy, zero), choose(isFirst!, zero, dy)];
    },
  }));
}

/** Keeps `x` where the condition holds; the value elsewhere. */
export function fillUnless(condition: tf.Tensor, x: tf.Tensor, value: number): tf.Tensor {
  return customGradient([x], (input) => ({
    value: choose(condition, input!, tf.scalar(value)),
    saved: [condition],
    gradients: (dy, [isKept]) => [choose(isKept!, dy, tf.scalar(0))],
  }));
}

const choose = (condition: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  nativeOperation('SelectV2', [condition, a, b]);
