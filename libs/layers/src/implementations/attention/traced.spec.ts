import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { trainBothWays, type LayerStep } from '../../testing/layer-step.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const numbers = (...shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, index) => Math.sin(index * 12.9898)),
    shape,
  );
const mask = tf.tensor(
  Array.from({ length: 6 * 5 }, (_, index) => index % 5 > 1),
  [6, 5],
  'bool',
);
const heads = { num_heads: 2, key_dim: 3 };

const cases: Record<string, Omit<LayerStep, 'inputs'>> = {
  MultiHeadAttention: { className: 'MultiHeadAttention', config: heads },
  'MultiHeadAttention with dropout, a mask and no look ahead': {
    className: 'MultiHeadAttention',
    config: { ...heads, dropout: 0.2, sliding_window: 3 },
    masks: [mask, mask],
    keywordArguments: { use_causal_mask: true, return_attention_scores: true },
  },
  GroupQueryAttention: {
    className: 'GroupQueryAttention',
    config: { head_dim: 2, num_query_heads: 4, num_key_value_heads: 2 },
    masks: [null, mask],
  },
  Attention: { className: 'Attention', config: { use_scale: true, dropout: 0.2 }, masks: [mask, mask] },
  AdditiveAttention: { className: 'AdditiveAttention', config: {}, masks: [null, mask] },
};

test.each(Object.entries(cases))('%s: traced training gives the bits of eager training', (_name, given) => {
  const { eager, traced } = trainBothWays({ ...given, inputs: [numbers(6, 5, 4), numbers(6, 5, 4)] });
  expect(traced).toEqual(eager);
  expect(new Set(eager.slice(0, 3)).size).toBe(3);
});
