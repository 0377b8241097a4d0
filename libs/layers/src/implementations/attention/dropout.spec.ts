import type { JsonObject } from '@epochal/contracts';
import { LAYERS, resolveLayer } from '@epochal/model-spec';
import { loadTensorFlow, RandomSource } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { callLayer } from '../../index.js';
import { initializeWeight } from '../../initializers/index.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const x = tf.tensor(
  Float32Array.from({ length: 4 * 12 * 5 }, (_, index) => Math.sin(index * 12.9898)),
  [4, 12, 5],
);

function call(className: string, config: JsonObject, training: boolean): Float32Array[] {
  const { config: complete } = resolveLayer({ class_name: className, config });
  const shapes = [
    [null, 12, 5],
    [null, 12, 5],
  ];
  const weights = LAYERS[className]!.weights(complete, shapes).map((spec, index): [string, tf.Tensor] => [
    spec.path,
    initializeWeight(spec, tf.tensor1d([1, index], 'int32')),
  ]);
  const { outputs } = callLayer(className, complete, [x, x], Object.fromEntries(weights), {
    training,
    random: new RandomSource(3, tf.scalar(0, 'int32')),
    masks: [null, null],
    keywordInputs: {},
    keywordArguments: { return_attention_scores: true },
    addLoss: () => undefined,
    updateWeight: () => undefined,
  });
  return outputs.map((output) => output.dataSync<'float32'>());
}

const layers: [string, JsonObject][] = [
  ['MultiHeadAttention', { num_heads: 2, key_dim: 3 }],
  ['GroupQueryAttention', { head_dim: 3, num_query_heads: 4, num_key_value_heads: 2 }],
  ['Attention', {}],
  ['AdditiveAttention', {}],
];

test.each(layers)('%s: dropout changes the output in training only', (className, config) => {
  const plain = call(className, config, true)[0]!.join();
  expect(call(className, { ...config, dropout: 0.4 }, false)[0]!.join()).toBe(plain);
  expect(call(className, { ...config, dropout: 0.4 }, true)[0]!.join()).not.toBe(plain);
});

test.each([layers[2]!, layers[3]!])(
  '%s: a share of the scores is left out, the rest is scaled up',
  (className, config) => {
    const plain = call(className, config, false)[1]!;
    const dropped = call(className, { ...config, dropout: 0.4 }, true)[1]!;
    const kept = [...dropped.entries()].filter(([, score]) => score !== 0);
    expect(kept.length / dropped.length).toBeCloseTo(0.6, 1);
    for (const [index, score] of kept) expect(score * 0.6).toBeCloseTo(plain[index]!, 5);
  },
);
