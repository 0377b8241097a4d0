import { AttributeKind } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { FLOAT, nativeOperation, nativeOperations } from '../ops/native.js';
import { normal, type Shaped } from './random.js';

/** A matrix with orthonormal rows or columns, reshaped: the Q of a normal random matrix, with signs made unique. */
export function orthogonal(gain: number, { shape, seed }: Shaped): tf.Tensor {
  const columns = shape.at(-1);
  if (columns === undefined || shape.length < 2) {
    throw new RangeError(
      `The Orthogonal initializer makes weights of rank 2 or more, not of shape [${shape.join(', ')}]`,
    );
  }
  const rows = shape.slice(0, -1).reduce((total, size) => total * size, 1);
  const flat = [Math.max(rows, columns), Math.min(rows, columns)];
  const full = { name: 'full_matrices', type: AttributeKind.bool, value: false };
  const [q, r] = nativeOperations('Qr', [normal(0, 1, { shape: flat, seed })], 2, [FLOAT, full]) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const signed = tf.mul(q, tf.sign(nativeOperation('DiagPart', [r])));
  const matrix = rows < columns ? tf.transpose(signed) : signed;
  return tf.mul(tf.reshape(matrix, [...shape]), gain);
}
