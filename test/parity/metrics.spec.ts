import type { JsonObject } from '@epochal/contracts';
import { createMetric } from '@epochal/layers';
import { resolveMetric } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import { expect, test } from 'vitest';
import { asFloat32, casesWithKeras, decode, decodeIfAny, difference, type EncodedTensor } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface MetricCase {
  name: string;
  class_name: string;
  config: JsonObject;
}

interface KerasMetric {
  config: JsonObject;
  batches: {
    yTrue: EncodedTensor;
    yPred: EncodedTensor;
    sampleWeight: EncodedTensor | null;
    mask: EncodedTensor | null;
  }[];
  results: EncodedTensor[];
  variables: EncodedTensor[];
}

const cases = await casesWithKeras<MetricCase, KerasMetric>('metrics');

test.each(cases)('$case.name: results over three batches are those of Keras', ({ case: given, keras }) => {
  const resolved = resolveMetric({ class_name: given.class_name, config: given.config });
  const { dtype: _dtype, name, ...config } = keras.config;
  const fromKeras = resolveMetric({
    class_name: given.class_name,
    config: { ...given.config, ...config },
  });
  const comparable = (each: JsonObject) => asFloat32({ ...each, name: null, dtype: null });
  expect(comparable(resolved.config)).toEqual(comparable(fromKeras.config));

  const outputShape = [null, ...keras.batches[0]!.yPred.shape.slice(1)];
  const metric = createMetric(resolved, { outputShape });
  // Keras numbers the metrics of one process; only the number may differ.
  expect((name as string).replace(/_\d+$/, '')).toBe(metric.name);

  const run = () =>
    keras.batches.map(({ yTrue, yPred, sampleWeight, mask }, index) => {
      metric.update(decode(yTrue), decode(yPred), decodeIfAny(sampleWeight), decodeIfAny(mask));
      return difference(metric.result(), keras.results[index]!);
    });
  const worst = Math.max(...run());
  expect(metric.variables.map(({ shape }) => shape)).toEqual(keras.variables.map(({ shape }) => shape));
  const state = Math.max(
    ...metric.variables.map((variable, index) => difference(variable, keras.variables[index]!)),
  );
  report('metrics', given.class_name, { result: worst, state });
  expect(worst).toBeLessThan(TOLERANCE);
  expect(state).toBeLessThan(TOLERANCE);

  metric.reset();
  expect(Math.max(...run())).toBe(worst);
});
