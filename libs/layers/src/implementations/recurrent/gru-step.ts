import type { ActivationValue } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import { activationOf } from '../../activations/index.js';
import { addBias } from '../../ops/bias.js';
import type { CellStep } from './cell-step.js';
import type { GateLayout } from './gate-layout.js';

interface GruConfig {
  readonly units: number;
  readonly activation: ActivationValue;
  readonly recurrent_activation: ActivationValue;
  readonly reset_after: boolean;
}

/** Activations that look at several numbers at once: they cannot be applied to two gates together. */
const ACROSS_UNITS: ReadonlySet<string> = new Set(['softmax', 'log_softmax', 'sparsemax', 'Softmax']);

/** keras/src/layers/rnn/gru.py: gates in the order update, reset, candidate. */
export function gruStep(
  layout: GateLayout,
  config: GruConfig,
  recurrentBias: tf.Tensor | undefined,
): CellStep {
  const activation = activationOf(config.activation);
  const updateAndReset = gatesOf(layout, config.recurrent_activation);
  return config.reset_after ? resetAfter() : resetBefore();

  /** The reset gate scales the product of the state; all three products are one. */
  function resetAfter(): CellStep {
    const product = layout.product(0, 3);
    const shifted = biased(recurrentBias, config.units);
    return ([inputs, inputCandidate], [state]) => {
      const [gates, candidate] = layout.split(shifted(product(state!)), [2, 1]) as [tf.Tensor, tf.Tensor];
      const [z, r] = updateAndReset(tf.add(inputs!, gates));
      return [blend(z, state!, activation(tf.add(inputCandidate!, tf.mul(r, candidate))))];
    };
  }

  /** The reset gate scales the state. */
  function resetBefore(): CellStep {
    const gateProduct = layout.product(0, 2);
    const candidateProduct = layout.product(2, 1);
    return ([inputs, inputCandidate], [state]) => {
      const [z, r] = updateAndReset(tf.add(inputs!, gateProduct(state!)));
      const candidate = candidateProduct(tf.mul(r, state!));
      return [blend(z, state!, activation(tf.add(inputCandidate!, candidate)))];
    };
  }
}

/** z * state + (1 - z) * candidate */
const blend = (z: tf.Tensor, state: tf.Tensor, candidate: tf.Tensor): tf.Tensor =>
  tf.add(candidate, tf.mul(z, tf.sub(state, candidate)));

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

function biased(bias: tf.Tensor | undefined, units: number): (x: tf.Tensor) => tf.Tensor {
  if (bias === undefined) return (x) => x;
  // Gates may lie along the first axis.
  const byGate = tf.reshape(bias, [-1, 1, units]);
  return (x) => (x.rank === 2 ? addBias(x, bias) : tf.add(x, byGate));
}
