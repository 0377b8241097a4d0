import type { Activation } from '../../activations/index.js';
import { addSame } from '../../ops/same-shape.js';
import type { CellStep } from './cell-step.js';
import type { GateLayout } from './gate-layout.js';

export function simpleRnnStep(layout: GateLayout, activation: Activation): CellStep {
  const product = layout.product(0, 1);
  return ([input], [state]) => [activation(addSame(input!, product(state!)))];
}
