import type * as tf from '@tensorflow/tfjs-core';
import { customGradient } from './custom-gradient.js';

/** What `compute` gives, with no gradient through it. Comparisons need this: TensorFlow.js has no gradient for most of them. */
export const constant = (compute: () => tf.Tensor): tf.Tensor =>
  customGradient([], () => ({ value: compute(), saved: [], gradients: () => [] }));
