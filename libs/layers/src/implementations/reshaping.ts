import * as tf from '@tensorflow/tfjs-core';
import { repeatAlong } from '../ops/repeat.js';
import { implement, only } from './implement.js';

const flatten = implement('Flatten', {
  call({ data_format }, inputs) {
    const input = only(inputs);
    const batch = input.shape[0] ?? 1;
    const isChannelsFirst = data_format === 'channels_first' && input.rank > 2;
    const ordered = isChannelsFirst
      ? tf.transpose(input, [0, ...input.shape.slice(2).map((_size, index) => index + 2), 1])
      : input;
    if (ordered.rank === 2) return ordered;
    return tf.reshape(ordered, [batch, input.size / batch]);
  },
});

const repeatVector = implement('RepeatVector', {
  call: ({ n }, inputs) => repeatAlong(tf.expandDims(only(inputs), 1), 1, n),
});

export const reshapingImplementations = [
  flatten,
  repeatVector,
  implement('Reshape', {
    call: ({ target_shape }, inputs) => {
      const input = only(inputs);
      return tf.reshape(input, [input.shape[0] ?? 1, ...target_shape]);
    },
  }),
  implement('Permute', {
    call: ({ dims }, inputs) => tf.transpose(only(inputs), [0, ...dims]),
  }),
];
