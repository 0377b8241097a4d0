import * as tf from '@tensorflow/tfjs-core';
import { addBias } from './bias.js';
import { customGradient } from './custom-gradient.js';

/** One use of the matrix: what it was multiplied with, and the gradient of the product. */
interface Use {
  readonly x: tf.Tensor;
  readonly dy: tf.Tensor;
}

/**
 * Multiplies one matrix, and adds one bias, again and again, as a recurrence does. The gradients of matrix and bias are computed for
 * all uses together: a small product and a sum a use would cost more than the rest of the step.
 *
 * Gradients go backwards, so that the first use comes last; it has seen all others then.
 */
export function repeatedProduct(matrix: tf.Tensor, bias: tf.Tensor | undefined): (x: tf.Tensor) => tf.Tensor {
  const uses: Use[] = [];
  let isFirst = true;
  let transposed: tf.Tensor | undefined;
  const forward = (x: tf.Tensor) => {
    const product = tf.matMul(x, matrix);
    return bias === undefined ? product : addBias(product, bias);
  };
  const back = (dy: tf.Tensor, x: tf.Tensor, factor: tf.Tensor): tf.Tensor => {
    uses.push({ x, dy });
    // Multiplying with a matrix as it lies is up to five times as fast as with its transpose.
    transposed ??= tf.transpose(factor);
    return tf.matMul(dy, transposed);
  };
  return (x) => {
    if (!isFirst) {
      return customGradient([x], (input) => ({
        value: forward(input!),
        saved: [input!, matrix],
        gradients: (dy, [saved, factor]) => [back(dy, saved!, factor!)],
      }));
    }
    isFirst = false;
    const weights = bias === undefined ? [matrix] : [matrix, bias];
    return customGradient([x, ...weights], (input) => ({
      value: forward(input!),
      saved: [input!, matrix],
      gradients: (dy, [saved, factor]) => [back(dy, saved!, factor!), ...weightGradients(uses, bias)],
    }));
  };
}

function weightGradients(uses: readonly Use[], bias: tf.Tensor | undefined): tf.Tensor[] {
  const together = (parts: tf.Tensor[]) => (parts.length === 1 ? parts[0]! : tf.concat(parts, 0));
  const dy = together(uses.map((use) => use.dy));
  const dMatrix = tf.matMul(together(uses.map((use) => use.x)), dy, true, false);
  return bias === undefined ? [dMatrix] : [dMatrix, tf.sum(dy, 0)];
}
