import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../ops/constant.js';
import { customGradient } from '../ops/custom-gradient.js';
import { relu, relu6 } from '../ops/elementwise.js';
import { FLOAT, floatAttribute, nativeOperation } from '../ops/native.js';

export function leakyRelu(x: tf.Tensor, slope: number): tf.Tensor {
  const attributes = [FLOAT, floatAttribute('alpha', slope)];
  return customGradient([x], (input) => ({
    value: nativeOperation('LeakyRelu', [input!], attributes),
    saved: [input!],
    gradients: (dy, [saved]) => [nativeOperation('LeakyReluGrad', [dy, saved!], attributes)],
  }));
}

export interface ReluOptions {
  readonly negative_slope: number;
  readonly max_value: number | null;
  readonly threshold: number;
}

/** keras.activations.relu with all its arguments. */
export function generalRelu(x: tf.Tensor, { negative_slope, max_value, threshold }: ReluOptions): tf.Tensor {
  if (negative_slope !== 0 && max_value === null && threshold === 0) return leakyRelu(x, negative_slope);
  const rectified = rectify(x, max_value, threshold);
  if (negative_slope === 0) return rectified;
  const below = relu(threshold === 0 ? tf.neg(x) : tf.sub(threshold, x));
  return tf.sub(rectified, tf.mul(below, negative_slope));
}

function rectify(x: tf.Tensor, maximum: number | null, threshold: number): tf.Tensor {
  if (threshold === 0 && maximum === 6) return relu6(x);
  const positive =
    threshold === 0
      ? relu(x)
      : tf.where(
          constant(() => tf.greater(x, threshold)),
          x,
          tf.zerosLike(x),
        );
  return maximum === null ? positive : tf.clipByValue(positive, 0, maximum);
}
