import type { JsonObject } from '@epochal/contracts';
import { createConstraint, createRegularizer } from '@epochal/layers';
import { resolveConstraint, resolveRegularizer } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { casesWithKeras, decode, difference, type EncodedTensor } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface FunctionCase {
  name: string;
  of: 'regularizer' | 'constraint';
  class_name: string;
  config: JsonObject;
}

interface KerasFunction {
  config: JsonObject;
  weight: EncodedTensor;
  value: EncodedTensor;
  gradient: EncodedTensor | null;
}

const cases = await casesWithKeras<FunctionCase, KerasFunction>('functions');

test.each(cases)(
  'the $case.of $case.name is that of Keras',
  ({ case: { of, class_name, config }, keras }) => {
    const weight = decode(keras.weight);
    if (of === 'constraint') {
      expect(resolveConstraint({ class_name, config }, 'c')).toEqual(
        resolveConstraint({ class_name, config: keras.config }, 'c'),
      );
      const value = difference(createConstraint({ class_name, config })(weight), keras.value);
      report({ value });
      expect(value).toBeLessThan(TOLERANCE);
      return;
    }
    const [ours, theirs] = [config, keras.config].map(
      (each) => resolveRegularizer({ class_name, config: each }, 'r').config,
    );
    for (const [key, value] of Object.entries(ours!)) {
      if (typeof value === 'number') expect(theirs![key]).toBeCloseTo(value, 6);
      else expect(theirs![key]).toBe(value);
    }
    const regularizer = createRegularizer({ class_name, config });
    const differences = {
      value: difference(regularizer(weight), keras.value),
      gradient:
        keras.gradient === null ? 0 : difference(tf.grad((x) => regularizer(x))(weight), keras.gradient),
    };
    report(differences);
    expect(Math.max(differences.value, differences.gradient)).toBeLessThan(TOLERANCE);
  },
);
