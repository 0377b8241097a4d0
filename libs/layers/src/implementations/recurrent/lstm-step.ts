import type { ActivationValue } from '@epochal/model-spec';
import type * as tf from '@tensorflow/tfjs-core';
import { activationOf } from '../../activations/index.js';
import { addSame, multiplySame } from '../../ops/same-shape.js';
import type { CellStep } from './cell-step.js';
import type { GateLayout } from './gate-layout.js';

interface Activations {
  readonly activation: ActivationValue;
  readonly recurrent_activation: ActivationValue;
}

/** keras/src/layers/rnn/lstm.py: gates in the order input, forget, candidate, output; states are the output and the carry. */
export function lstmStep(layout: GateLayout, config: Activations): CellStep {
  const activation = activationOf(config.activation);
  const gate = activationOf(config.recurrent_activation);
  const product = layout.product(0, 4);
  return ([input], [state, carry]) => {
    const [i, f, candidate, o] = layout.split(addSame(input!, product(state!)), [1, 1, 1, 1]) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const kept = multiplySame(gate(f), carry!);
    const next = addSame(kept, multiplySame(gate(i), activation(candidate)));
    return [multiplySame(gate(o), activation(next)), next];
  };
}
