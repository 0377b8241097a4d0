import {
  ACTIVATIONS,
  LAYERS,
  LEARNING_RATE_SCHEDULES,
  LOSSES,
  METRICS,
  OPTIMIZERS,
  resolveOptimizer,
} from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { activationOf, createOptimizer, IMPLEMENTATIONS } from './index.js';
import { lossFunction } from './losses/loss-function.js';
import { metricState } from './metrics/metric-state.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

test('every layer of the catalogue is implemented, and no other', () => {
  expect(Object.keys(IMPLEMENTATIONS).toSorted()).toEqual(Object.keys(LAYERS).toSorted());
});

test('every activation function, loss, metric and optimizer of the catalogue is implemented', () => {
  for (const name of Object.keys(ACTIVATIONS)) expect(activationOf(name)).toBeTypeOf('function');
  for (const name of Object.keys(LOSSES)) expect(lossFunction(name, {}).values).toBeTypeOf('function');
  const config = { num_classes: 2, target_class_ids: [0], num_thresholds: 3, thresholds: null };
  for (const name of Object.keys(METRICS)) {
    expect(metricState(name, config, { outputShape: [null, 2] }).variables).not.toEqual([]);
  }
  for (const name of Object.keys(OPTIMIZERS)) {
    expect(createOptimizer(resolveOptimizer(name), []).className).toBe(name);
  }
  expect(Object.keys(LEARNING_RATE_SCHEDULES)).toHaveLength(6);
});

test("hard_sigmoid of a Keras 2 model is Keras 2's", () => {
  const output = activationOf('keras_2_hard_sigmoid')(tf.tensor1d([-4, -1, 0, 1, 4]));
  [0, 0.3, 0.5, 0.7, 1].forEach((value, index) => expect(output.dataSync()[index]).toBeCloseTo(value, 6));
});
