import { resolveRegularizer } from '@epochal/model-spec';
import type { KerasObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { abs } from '../ops/elementwise.js';
import { l2Normalize } from '../ops/normalize.js';
import { sum } from '../ops/reduce.js';

/** The penalty of a weight or an output. */
export type Regularizer = (x: tf.Tensor) => tf.Scalar;

/** @throws UnknownNameError, ConfigError */
export function createRegularizer(input: KerasObject): Regularizer {
  const { class_name, config } = resolveRegularizer(input, 'regularizer');
  const number = (key: string) => config[key] as number;
  switch (class_name) {
    case 'L1':
      return (x) => absolutePenalty(x, number('l1'));
    case 'L2':
      return (x) => squaredPenalty(x, number('l2'));
    case 'L1L2':
      return (x) => bothPenalties(x, number('l1'), number('l2'));
    default:
      return (x) => orthogonalPenalty(x, number('factor'), config['mode'] as 'rows' | 'columns');
  }
}

const absolutePenalty = (x: tf.Tensor, factor: number) => tf.mul(sum(abs(x)), factor) as tf.Scalar;
const squaredPenalty = (x: tf.Tensor, factor: number) => tf.mul(sum(tf.square(x)), factor) as tf.Scalar;

function bothPenalties(x: tf.Tensor, l1: number, l2: number): tf.Scalar {
  if (l1 === 0) return l2 === 0 ? tf.scalar(0) : squaredPenalty(x, l2);
  return l2 === 0 ? absolutePenalty(x, l1) : tf.add(absolutePenalty(x, l1), squaredPenalty(x, l2));
}

/** Cosines between different rows or columns, added up (OrthogonalRegularizer). */
function orthogonalPenalty(x: tf.Tensor, factor: number, mode: 'rows' | 'columns'): tf.Scalar {
  const [rows, columns] = x.shape;
  if (rows === undefined || columns === undefined || x.rank !== 2) {
    throw new RangeError(
      `OrthogonalRegularizer takes matrices, not a weight of shape [${x.shape.join(', ')}]`,
    );
  }
  const [normalized, size] = mode === 'rows' ? [l2Normalize(x, 1), rows] : [l2Normalize(x, 0), columns];
  const products = tf.matMul(normalized, normalized, mode === 'columns', mode === 'rows');
  const others = tf.mul(products, tf.sub(1, tf.eye(size)));
  const pairs = (size * (size - 1)) / 2;
  return tf.mul(sum(abs(others)), (factor * 0.5) / pairs) as tf.Scalar;
}
