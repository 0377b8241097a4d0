import type { JsonObject } from '@epochal/contracts';
import { LAYERS, resolveLayer } from '@epochal/model-spec';
import { loadTensorFlow, RandomSource } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { callLayer } from '../../index.js';
import { initializeWeight } from '../../initializers/index.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const [BATCH, TIME, FEATURES] = [60, 5, 40];

function call(
  className: string,
  config: JsonObject,
  mode: { training: boolean; weights?: Record<string, tf.Tensor> },
): Float32Array {
  const x = tf.ones([BATCH, TIME, FEATURES]);
  const { config: complete } = resolveLayer({ class_name: className, config });
  const specs = LAYERS[className]!.weights(complete, [[null, TIME, FEATURES]]);
  const initial = specs.map((spec, index): [string, tf.Tensor] => [
    spec.path,
    initializeWeight(spec, tf.tensor1d([1, index], 'int32')),
  ]);
  const { outputs } = callLayer(className, complete, [x], mode.weights ?? Object.fromEntries(initial), {
    training: mode.training,
    random: new RandomSource(3, tf.scalar(0, 'int32')),
    masks: [null],
    keywordInputs: {},
    keywordArguments: {},
    addLoss: () => undefined,
    updateWeight: () => undefined,
  });
  return outputs[0]!.dataSync<'float32'>();
}

const linear = { units: FEATURES, activation: 'linear', use_bias: false, return_sequences: true };

/** Of each sample and unit, the numbers of all steps. */
const overTime = (outputs: Float32Array): number[][] =>
  Array.from({ length: BATCH * FEATURES }, (_, index) => {
    const [sample, unit] = [Math.floor(index / FEATURES), index % FEATURES];
    return Array.from({ length: TIME }, (__, step) => outputs[(sample * TIME + step) * FEATURES + unit]!);
  });

test('dropout leaves out the same share of the inputs at every step, and scales up the rest', () => {
  const weights = {
    'cell/kernel': tf.eye(FEATURES),
    'cell/recurrent_kernel': tf.zeros([FEATURES, FEATURES]),
  };
  const units = overTime(call('SimpleRNN', { ...linear, dropout: 0.25 }, { training: true, weights }));
  for (const steps of units) expect(new Set(steps).size).toBe(1);
  const kept = units.map(([first]) => first!);
  expect(new Set(kept)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  expect(kept.filter((number) => number === 0).length / kept.length).toBeCloseTo(0.25, 1);
});

test('recurrent dropout leaves out the same states at every step', () => {
  const weights = { 'cell/kernel': tf.eye(FEATURES), 'cell/recurrent_kernel': tf.eye(FEATURES) };
  const units = overTime(
    call('SimpleRNN', { ...linear, recurrent_dropout: 0.5 }, { training: true, weights }),
  );
  const shapes = new Set(units.map((steps) => steps.join()));
  expect(shapes).toEqual(new Set(['1,1,1,1,1', '1,3,7,15,31']));
});

const layers: [string, JsonObject][] = [
  ['SimpleRNN', { units: 7 }],
  ['LSTM', { units: 7 }],
  ['GRU', { units: 7 }],
  ['GRU', { units: 7, reset_after: false }],
];
const dropouts: JsonObject[] = [
  { dropout: 1e-9 },
  { recurrent_dropout: 1e-9 },
  { dropout: 1e-9, recurrent_dropout: 1e-9 },
];
const cases = layers.flatMap(([className, config]) =>
  dropouts.map((dropout): [string, JsonObject] => [className, { ...config, ...dropout }]),
);

test.each(cases)('%s %j: what leaves nothing out gives what no dropout gives', (className, config) => {
  const dropped = call(className, config, { training: true });
  const plain = call(className, config, { training: false });
  for (const [index, number] of plain.entries()) expect(dropped[index]).toBeCloseTo(number, 5);
});

test.each(layers)('%s %j: each kind of dropout changes what comes out', (className, config) => {
  const rates: JsonObject[] = [
    {},
    { dropout: 0.5 },
    { recurrent_dropout: 0.5 },
    { dropout: 0.5, recurrent_dropout: 0.5 },
  ];
  const outputs = rates.map((dropout) =>
    call(className, { ...config, ...dropout }, { training: true }).join(),
  );
  expect(new Set(outputs).size).toBe(4);
});
