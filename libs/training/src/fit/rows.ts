import * as tf from '@tensorflow/tfjs-core';
import type { Samples, SampleTensor } from '../data/samples.js';

const column = ({ shape, values }: SampleTensor, rows: number): tf.Tensor =>
  tf.tensor(values, [rows, ...shape], values instanceof Int32Array ? 'int32' : 'float32');

/** The columns that a step takes: inputs, targets, then row weights if there are any. */
export const columnsOf = ({ rows, inputs, targets, weights }: Samples): tf.Tensor[] => [
  ...[...inputs, ...targets].map((tensor) => column(tensor, rows)),
  ...(weights === null ? [] : [tf.tensor1d(weights, 'float32')]),
];

/** Row numbers in their own order. */
export const inOrder = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, row) => row);
