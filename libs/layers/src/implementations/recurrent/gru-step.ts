import type { ActivationValue } from '@epochal/model-spec';
import type * as tf from '@tensorflow/tfjs-core';
import { activationOf } from '../../activations/index.js';
import { addSame, multiplySame, subtractSame } from '../../ops/same-shape.js';
import type { CellStep } from './cell-step.js';
import type { GateLayout } from './gate-layout.js';

interface GruConfig {
  readonly activation: ActivationValue;
  readonly recurrent_activation: ActivationValue;
  readonly reset_after: boolean;
}

/** Activations that look at several numbers at once: they cannot be applied to two gates together. */
const ACROSS_UNITS: ReadonlySet<string> = new Set(['softmax', 'log_softmax', 'sparsemax', 'Softmax']);

/** keras/src/layers/rnn/gru.py: gates in the order update, reset, candidate. */
export function gruStep(layout: GateLayout, config: GruConfig): CellStep {
  const activation = activationOf(config.activation);
  const updateAndReset = gatesOf(layout, config.recurrent_activation);
  return config.reset_after ? resetAfter() : resetBefore();

  /** The reset gate scales the product of the state; all three products are one. */
  function resetAfter(): CellStep {
    const product = layout.product(0, 3);
    return ([inputs, inputCandidate], [state]) => {
      const [gates, candidate] = layout.split(product(state!), [2, 1]) as [tf.Tensor, tf.Tensor];
      const [z, r] = updateAndReset(addSame(inputs!, gates));
      return [blend(z, state!, activation(addSame(inputCandidate!, multiplySame(r, candidate))))];
    };
  }

  /** The reset gate scales the state. */
  function resetBefore(): CellStep {
    const gateProduct = layout.product(0, 2);
    const candidateProduct = layout.product(2, 1);
    return ([inputs, inputCandidate], [state]) => {
      const [z, r] = updateAndReset(addSame(inputs!, gateProduct(state!)));
      const candidate = candidateProduct(multiplySame(r, state!));
      return [blend(z, state!, activation(addSame(inputCandidate!, candidate)))];
    };
  }
}

/** z * state + (1 - z) * candidate */
const blend = (z: tf.Tensor, state: tf.Tensor, candidate: tf.Tensor): tf.Tensor =>
  addSame(candidate, multiplySame(z, subtractSame(state, candidate)));

function gatesOf(layout: GateLayout, value: ActivationValue): (x: tf.Tensor) => [tf.Tensor, tf.Tensor] {
  const activation = activationOf(value);
  const isAcrossUnits = ACROSS_UNITS.has(typeof value === 'string' ? value : value.class_name);
  return (x) => {
    const parts = isAcrossUnits
      ? layout.split(x, [1, 1]).map(activation)
      : layout.split(activation(x), [1, 1]);
    return parts as [tf.Tensor, tf.Tensor];
  };
}
