import * as tf from '@tensorflow/tfjs-core';
import { float } from '../ops/elementwise.js';
import { implement, only } from './implement.js';

const asTensor = (value: number | readonly number[]): tf.Tensor =>
  typeof value === 'number' ? tf.scalar(value) : tf.tensor1d([...value]);

/** keras/src/layers/preprocessing/rescaling.py */
const rescaling = implement('Rescaling', {
  masks: 'kept',
  call({ scale, offset }, inputs) {
    const scaled = tf.mul(float(only(inputs)), asTensor(scale));
    return offset === 0 ? scaled : tf.add(scaled, asTensor(offset));
  },
});

export const preprocessingImplementations = [rescaling];
