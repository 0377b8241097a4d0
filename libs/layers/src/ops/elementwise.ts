import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { nativeOperation, withGradient } from './native.js';

/** Keras's fuzz factor (keras.config.epsilon). */
export const EPSILON = 1e-7;

export const float = (x: tf.Tensor): tf.Tensor => (x.dtype === 'float32' ? x : tf.cast(x, 'float32'));

export const relu = withGradient(tf.relu, 'ReluGrad', 'output', 'gradient first');
export const relu6 = withGradient(tf.relu6, 'Relu6Grad', 'output', 'gradient first');
export const sigmoid = withGradient(tf.sigmoid, 'SigmoidGrad', 'output', 'gradient last');
export const tanh = withGradient(tf.tanh, 'TanhGrad', 'output', 'gradient last');
export const elu = withGradient(tf.elu, 'EluGrad', 'output', 'gradient first');
export const selu = withGradient(tf.selu, 'SeluGrad', 'output', 'gradient first');
export const softplus = withGradient(tf.softplus, 'SoftplusGrad', 'input', 'gradient first');
export const sqrt = withGradient(tf.sqrt, 'SqrtGrad', 'output', 'gradient last');
export const rsqrt = withGradient(tf.rsqrt, 'RsqrtGrad', 'output', 'gradient last');
export const softsign = withGradient(
  (x) => nativeOperation('Softsign', [x]),
  'SoftsignGrad',
  'input',
  'gradient first',
);

/** |x|, with the gradient 0 at 0; TensorFlow.js has -1 there. */
export function abs(x: tf.Tensor): tf.Tensor {
  return customGradient([x], (input) => ({
    value: tf.abs(input!),
    saved: [input!],
    gradients: (dy, [saved]) => [tf.mul(dy, tf.sign(saved!))],
  }));
}

/** Undoes broadcasting: sums over the axes along which a tensor of this shape was repeated. */
export function sumTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const extra = x.rank - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  return axes.length === 0 ? x : tf.reshape(tf.sum(x, axes), [...shape]);
}

/** a / b, and 0 where b is 0. Its gradient is that of the division. */
export function divideNoNan(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return customGradient([a, b], (x, y) => ({
    value: nativeOperation('DivNoNan', [x!, y!]),
    saved: [x!, y!],
    gradients: (dy, [p, q]) => {
      const dp = nativeOperation('DivNoNan', [dy, q!]);
      const dq = tf.neg(tf.mul(dp, nativeOperation('DivNoNan', [p!, q!])));
      return [sumTo(dp, p!.shape), sumTo(dq, q!.shape)];
    },
  }));
}

/** The larger of two; of equal ones the first gets the gradient, as in TensorFlow. Shapes may broadcast. */
export const maximum = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => choose(a, b, tf.maximum, tf.greaterEqual);

/** The smaller of two; of equal ones the first gets the gradient. */
export const minimum = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => choose(a, b, tf.minimum, tf.lessEqual);

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

function choose(a: tf.Tensor, b: tf.Tensor, operation: Binary, takesFirst: Binary): tf.Tensor {
  return customGradient([a, b], (x, y) => ({
    value: operation(x!, y!),
    saved: [x!, y!],
    gradients: (dy, [p, q]) => {
      const first = tf.mul(dy, tf.cast(takesFirst(p!, q!), 'float32'));
      return [sumTo(first, p!.shape), sumTo(tf.sub(dy, first), q!.shape)];
    },
  }));
}
