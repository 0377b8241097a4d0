import type { JsonObject } from '@epochal/contracts';
import { createRegularizer } from '@epochal/layers';
import { resolveRegularizer } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { asFloat32, casesWithKeras, decode, difference, type EncodedTensor } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface RegularizerCase {
  name: string;
  class_name: string;
  config: JsonObject;
}

interface KerasRegularizer {
  config: JsonObject;
  weight: EncodedTensor;
  value: EncodedTensor;
  /** None of a penalty that is always zero. */
  gradient: EncodedTensor | null;
}

const cases = await casesWithKeras<RegularizerCase, KerasRegularizer>('functions', ['regularizers']);

test.each(cases)(
  'the regularizer $case.name and its gradient are those of Keras',
  ({ case: { class_name, config }, keras }) => {
    const given = resolveRegularizer({ class_name, config }, 'regularizer');
    const fromKeras = resolveRegularizer({ class_name, config: keras.config }, 'regularizer');
    expect(asFloat32(given)).toEqual(asFloat32(fromKeras));

    const regularizer = createRegularizer(given);
    const weight = decode(keras.weight);
    const slope = () => tf.grad((x) => regularizer(x))(weight);
    const differences = {
      value: difference(regularizer(weight), keras.value),
      gradient: keras.gradient === null ? 0 : difference(slope(), keras.gradient),
    };
    report('regularizers', class_name, differences);
    expect(Math.max(differences.value, differences.gradient)).toBeLessThan(TOLERANCE);
  },
);
