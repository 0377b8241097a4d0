import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../../activations/index.js';
import type { CellStep } from './cell-step.js';
import type { GateLayout } from './gate-layout.js';

export function simpleRnnStep(layout: GateLayout, activation: Activation): CellStep {
  const product = layout.product(0, 1);
  return ([input], [state]) => [activation(tf.add(input!, product(state!)))];
}
