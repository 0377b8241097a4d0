import * as tf from '@tensorflow/tfjs-core';
import { scaledElu } from '../activations/elu.js';
import { softmaxWithLogits } from '../activations/index.js';
import { generalRelu, leakyRelu } from '../activations/relu.js';
import { relu } from '../ops/elementwise.js';
import { implement, only, weightOf } from './implement.js';

/** keras/src/layers/activations/softmax.py: what the mask leaves out gets no share. */
const softmaxLayer = implement('Softmax', {
  masks: 'kept',
  call({ axis }, inputs, _weights, { masks }) {
    const input = only(inputs);
    const mask = masks[0] ?? null;
    if (mask === null) return softmaxWithLogits(input, axis);
    const counted = tf.logicalAnd(tf.cast(mask, 'bool'), tf.fill(input.shape, 1, 'bool'));
    const output = softmaxWithLogits(tf.where(counted, input, tf.fill(input.shape, -3e38)), axis);
    return tf.where(counted, output, tf.zerosLike(output));
  },
});

/** keras/src/layers/activations/prelu.py */
const prelu = implement('PReLU', {
  masks: 'kept',
  call(_config, inputs, weights) {
    const input = only(inputs);
    const below = tf.mul(weightOf(weights, 'alpha'), relu(tf.neg(input)));
    return tf.sub(relu(input), below);
  },
});

export const activationImplementations = [
  softmaxLayer,
  prelu,
  implement('ReLU', { masks: 'kept', call: (config, inputs) => generalRelu(only(inputs), config) }),
  implement('LeakyReLU', {
    masks: 'kept',
    call: ({ negative_slope }, inputs) => leakyRelu(only(inputs), negative_slope),
  }),
  implement('ELU', { masks: 'kept', call: ({ alpha }, inputs) => scaledElu(only(inputs), alpha) }),
];
