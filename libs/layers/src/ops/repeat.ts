import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';
import { broadcastTo } from './reduce.js';

/** Each entry along an axis several times in a row. Its gradient is one sum, where that of a tile is one addition a copy. */
export function repeatAlong(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  if (times === 1) return x;
  const [before, length, after] = [x.shape.slice(0, axis), x.shape[axis] ?? 1, x.shape.slice(axis + 1)];
  const apart = [...before, length, times, ...after];
  return customGradient([x], (input) => ({
    value: tf.reshape(broadcastTo(tf.reshape(input!, [...before, length, 1, ...after]), apart), [
      ...before,
      length * times,
      ...after,
    ]),
    saved: [],
    gradients: (dy) => [tf.sum(tf.reshape(dy, apart), axis + 1)],
  }));
}
