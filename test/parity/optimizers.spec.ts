import type { JsonObject, KerasObject } from '@epochal/contracts';
import { createOptimizer } from '@epochal/layers';
import { resolveOptimizer } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { casesWithKeras, decode, difference, type EncodedTensor } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface OptimizerCase {
  name: string;
  class_name: string;
  config: JsonObject;
  constraints?: (KerasObject | null)[];
}

interface KerasOptimizer {
  config: JsonObject;
  initial: EncodedTensor[];
  steps: { gradients: EncodedTensor[]; learningRate: number; weights: EncodedTensor[] }[];
  variables: EncodedTensor[];
  variableNames: string[];
  finalized: EncodedTensor[];
}

const cases = await casesWithKeras<OptimizerCase, KerasOptimizer>('optimizers');

test.each(cases)(
  '$case.name: weights and state of each step are those of Keras',
  ({ case: given, keras }) => {
    const resolved = resolveOptimizer({ class_name: given.class_name, config: given.config });
    const fromKeras = resolveOptimizer({ class_name: given.class_name, config: keras.config });
    expect(withoutName(resolved.config)).toEqual(asFloat32(withoutName(fromKeras.config), resolved.config));

    const weights = keras.initial.map((value, index) => ({
      path: `w${index}`,
      variable: tf.variable(decode(value)),
      constraint: given.constraints?.[index] ?? null,
    }));
    const optimizer = createOptimizer(resolved, weights);
    const worst = keras.steps.map(({ gradients, learningRate, weights: expected }) => {
      expect(optimizer.currentLearningRate().dataSync()[0]).toBeCloseTo(learningRate, 6);
      optimizer.apply(gradients.map(decode));
      return Math.max(...weights.map(({ variable }, index) => difference(variable, expected[index]!)));
    });
    const variables: tf.Tensor[] = [
      optimizer.iterations,
      ...(optimizer.learningRate === null ? [] : [optimizer.learningRate]),
      ...optimizer.slots.map(({ variable }) => variable),
    ];
    expect(variables.map(({ shape }) => shape)).toEqual(keras.variables.map(({ shape }) => shape));
    const state = Math.max(
      ...variables.map((variable, index) => difference(variable, keras.variables[index]!)),
    );
    optimizer.finalizeWeights();
    const finalized = Math.max(
      ...weights.map(({ variable }, index) => difference(variable, keras.finalized[index]!)),
    );
    report('optimizers', given.class_name, { weights: Math.max(...worst), state, finalized });
    expect(Math.max(...worst)).toBeLessThan(TOLERANCE);
    expect(state).toBeLessThan(TOLERANCE);
    expect(finalized).toBeLessThan(TOLERANCE);
  },
);

const withoutName = ({ name: _name, ...config }: JsonObject): JsonObject => config;

/** Keras reads its learning rate back from a float32 variable. */
function asFloat32(config: JsonObject, given: JsonObject): JsonObject {
  const rate = given['learning_rate'];
  if (typeof rate !== 'number') return config;
  expect(config['learning_rate']).toBe(Math.fround(rate));
  return { ...config, learning_rate: rate };
}
