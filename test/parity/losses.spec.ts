import type { JsonObject } from '@epochal/contracts';
import { activationOf, createLoss } from '@epochal/layers';
import { resolveLoss } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { casesWithKeras, decode, decodeIfAny, difference, type EncodedTensor } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface LossCase {
  name: string;
  class_name: string;
  config: JsonObject;
  activation?: string;
}

interface KerasLoss {
  config: JsonObject;
  yTrue: EncodedTensor;
  yPred: EncodedTensor;
  sampleWeight: EncodedTensor | null;
  mask: EncodedTensor | null;
  value: EncodedTensor;
  gradient: EncodedTensor;
}

const cases = await casesWithKeras<LossCase, KerasLoss>('losses');

test.each(cases)('$case.name: value and gradient are those of Keras', ({ case: given, keras }) => {
  const resolved = resolveLoss({ class_name: given.class_name, config: given.config });
  const fromKeras = resolveLoss({
    class_name: given.class_name,
    config: { ...given.config, ...keras.config },
  });
  expect(resolved).toEqual(fromKeras);

  const loss = createLoss(resolved);
  const activation = activationOf(given.activation ?? 'linear');
  const [yTrue, yPred] = [decode(keras.yTrue), decode(keras.yPred)];
  const [weight, mask] = [decodeIfAny(keras.sampleWeight), decodeIfAny(keras.mask)];
  const compute = (predictions: tf.Tensor) => loss.compute(yTrue, activation(predictions), weight, mask);
  const differences = {
    value: difference(compute(yPred), keras.value),
    gradient: difference(tf.grad((x) => tf.sum(compute(x)))(yPred), keras.gradient),
  };
  report('losses', given.class_name, differences);
  expect(differences.value).toBeLessThan(TOLERANCE);
  expect(differences.gradient).toBeLessThan(TOLERANCE);
});
