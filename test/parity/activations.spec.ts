import { activationOf } from '@epochal/layers';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { casesWithKeras, decode, difference, type EncodedTensor } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface KerasActivation {
  input: EncodedTensor;
  output: EncodedTensor;
  cotangent: EncodedTensor;
  gradient: EncodedTensor;
}

const cases = await casesWithKeras<{ name: string }, KerasActivation>('activations');

test.each(cases)(
  'the activation $case.name and its gradient are those of Keras',
  ({ case: { name }, keras }) => {
    const activation = activationOf(name);
    const input = decode(keras.input);
    const value = difference(activation(input), keras.output);
    const gradient = tf.grad((x) => tf.sum(tf.mul(activation(x), decode(keras.cotangent))))(input);
    const slope = difference(gradient, keras.gradient);
    report('activations', name, { value, gradient: slope });
    expect(value).toBeLessThan(TOLERANCE);
    expect(slope).toBeLessThan(TOLERANCE);
  },
);
