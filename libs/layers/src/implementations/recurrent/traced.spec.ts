import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { trainBothWays, type LayerStep } from '../../testing/layer-step.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const x = tf.tensor(
  Float32Array.from({ length: 6 * 7 * 4 }, (_, index) => Math.sin(index * 12.9898)),
  [6, 7, 4],
);
const mask = tf.cast(
  tf.tensor(
    Array.from({ length: 6 * 7 }, (_, index) => index % 5 > 1),
    [6, 7],
    'bool',
  ),
  'bool',
);
const lstm = { class_name: 'LSTM', config: { units: 3, return_sequences: true } };
const stack = {
  class_name: 'StackedRNNCells',
  config: {
    cells: [
      { class_name: 'LSTMCell', config: { units: 3 } },
      { class_name: 'GRUCell', config: { units: 2 } },
    ],
  },
};

const cases: Record<string, Omit<LayerStep, 'inputs'>> = {
  SimpleRNN: { className: 'SimpleRNN', config: { units: 5, dropout: 0.2, recurrent_dropout: 0.2 } },
  LSTM: { className: 'LSTM', config: { units: 5, return_sequences: true, return_state: true } },
  'LSTM with dropout': { className: 'LSTM', config: { units: 5, dropout: 0.2 } },
  'LSTM with both dropouts': {
    className: 'LSTM',
    config: { units: 5, dropout: 0.2, recurrent_dropout: 0.3 },
  },
  'LSTM with a mask': { className: 'LSTM', config: { units: 5, go_backwards: true }, masks: [mask] },
  GRU: { className: 'GRU', config: { units: 5, return_sequences: true } },
  'GRU with recurrent dropout': { className: 'GRU', config: { units: 5, recurrent_dropout: 0.3 } },
  'GRU that resets before': {
    className: 'GRU',
    config: { units: 5, reset_after: false, dropout: 0.1, recurrent_dropout: 0.3 },
  },
  'a stack of cells': { className: 'RNN', config: { cell: stack }, masks: [mask] },
  'Bidirectional LSTM': { className: 'Bidirectional', config: { layer: lstm }, masks: [mask] },
  'TimeDistributed Dense': {
    className: 'TimeDistributed',
    config: { layer: { class_name: 'Dense', config: { units: 3 } } },
  },
};

test.each(Object.entries(cases))('%s: traced training gives the bits of eager training', (_name, given) => {
  const { eager, traced } = trainBothWays({ ...given, inputs: [x] });
  expect(traced).toEqual(eager);
  expect(new Set(eager.slice(0, 3)).size).toBe(3);
});
