import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../ops/constant.js';
import { activationOf } from '../activations/index.js';
import { addBias } from '../ops/bias.js';
import { lookup } from '../ops/lookup.js';
import { implement, only, weightOf } from './implement.js';

/** keras/src/layers/core/dense.py */
const dense = implement('Dense', {
  masks: 'kept',
  call(config, inputs, weights) {
    const product = timesMatrix(only(inputs), weightOf(weights, 'kernel'));
    const shifted = config.use_bias ? addBias(product, weightOf(weights, 'bias')) : product;
    return activationOf(config.activation)(shifted);
  },
});

/** Multiplies along the last axis; higher ranks go through one matrix product. */
export function timesMatrix(x: tf.Tensor, matrix: tf.Tensor): tf.Tensor {
  if (x.rank === 2) return tf.matMul(x, matrix);
  const [rows, columns] = matrix.shape as [number, number];
  const product = tf.matMul(tf.reshape(x, [-1, rows]), matrix);
  return tf.reshape(product, [...x.shape.slice(0, -1), columns]);
}

/** keras/src/layers/core/embedding.py */
const embedding = implement('Embedding', {
  masks: ({ mask_zero }, inputs) => [mask_zero ? constant(() => tf.notEqual(only(inputs), 0)) : null],
  call(_config, inputs, weights) {
    const input = only(inputs);
    const indices = input.dtype === 'int32' ? input : tf.cast(input, 'int32');
    return lookup(weightOf(weights, 'embeddings'), indices);
  },
});

/** keras/src/layers/core/masking.py */
const masking = implement('Masking', {
  masks: ({ mask_value }, inputs) => [constant(() => tf.any(tf.notEqual(only(inputs), mask_value), -1))],
  call({ mask_value }, inputs) {
    const input = only(inputs);
    const isStep = constant(() => tf.cast(tf.any(tf.notEqual(input, mask_value), -1, true), input.dtype));
    return tf.mul(input, isStep);
  },
});

export const coreImplementations = [
  dense,
  embedding,
  masking,
  implement('InputLayer', { masks: 'kept', call: (_config, inputs) => [...inputs] }),
  implement('Identity', { masks: 'kept', call: (_config, inputs) => [...inputs] }),
  implement('Activation', {
    masks: 'kept',
    call: ({ activation }, inputs) => activationOf(activation)(only(inputs)),
  }),
];
