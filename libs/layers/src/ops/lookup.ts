import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';

/**
 * Rows of a table. Its gradient adds up the rows' gradients in place; TensorFlow.js's transposes the whole table twice on the way.
 * @param table [rows, ...]
 * @param indices int32, any shape
 */
export function lookup(table: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  const [rows = 1, ...row] = table.shape;
  return customGradient([table], (from) => ({
    value: tf.gather(from!, indices as tf.Tensor1D),
    saved: [indices],
    gradients: (dy, [places]) => {
      const flat = places!.rank === 1 ? places! : tf.reshape(places!, [-1]);
      const each = places!.rank === 1 ? dy : tf.reshape(dy, [flat.size, ...row]);
      return [tf.unsortedSegmentSum(each, flat as tf.Tensor1D, rows)];
    },
  }));
}
