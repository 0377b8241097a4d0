import type { JsonObject } from '@epochal/contracts';
import { createConstraint } from '@epochal/layers';
import { resolveConstraint } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import { expect, test } from 'vitest';
import { casesWithKeras, decode, difference, type EncodedTensor } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface ConstraintCase {
  name: string;
  class_name: string;
  config: JsonObject;
}

interface KerasConstraint {
  config: JsonObject;
  weight: EncodedTensor;
  value: EncodedTensor;
}

const cases = await casesWithKeras<ConstraintCase, KerasConstraint>('functions', ['constraints']);

test.each(cases)('the constraint $case.name is that of Keras', ({ case: { class_name, config }, keras }) => {
  const given = resolveConstraint({ class_name, config }, 'constraint');
  expect(given).toEqual(resolveConstraint({ class_name, config: keras.config }, 'constraint'));
  const value = difference(createConstraint(given)(decode(keras.weight)), keras.value);
  report('constraints', class_name, { value });
  expect(value).toBeLessThan(TOLERANCE);
});
