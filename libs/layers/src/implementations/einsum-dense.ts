import * as tf from '@tensorflow/tfjs-core';
import { activationOf } from '../activations/index.js';
import { einsum, withoutEllipsis } from '../ops/einsum.js';
import { implement, only, weightOf } from './implement.js';

/** keras/src/layers/core/einsum_dense.py */
export const einsumDense = implement('EinsumDense', {
  call(config, inputs, weights) {
    const input = only(inputs);
    const product = einsum(withoutEllipsis(config.equation, input.rank), input, weightOf(weights, 'kernel'));
    const bias = weights['bias'];
    return activationOf(config.activation)(bias === undefined ? product : tf.add(product, bias));
  },
});
