import type { ActivationValue, ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import { activationOf } from '../../activations/index.js';
import type { CallContext } from '../../layer.js';
import { weightOf, type Weights } from '../implement.js';
import type { CellStep } from './cell-step.js';
import { dropoutFactor } from './dropout-masks.js';
import { gruStep } from './gru-step.js';
import { SideBySide, type CellMatrices, type GateLayout } from './gate-layout.js';
import { lstmStep } from './lstm-step.js';
import { SeparateGates } from './separate-gates.js';
import { simpleRnnStep } from './simple-rnn-step.js';
import { unstack } from '../../ops/unstack.js';

/** Config keys of the cells, as their definitions have them. */
export interface CellConfig {
  readonly units: number;
  readonly activation: ActivationValue;
  readonly recurrent_activation: ActivationValue;
  readonly use_bias: boolean;
  readonly reset_after: boolean;
  readonly dropout: number;
  readonly recurrent_dropout: number;
}

export type Mode = Pick<CallContext, 'training' | 'random'>;

/** A cell that is ready to run over a sequence. */
export interface StartedCell {
  /** What the inputs of each step contribute, one tensor a group of gates. */
  readonly inputs: readonly tf.Tensor[][];
  readonly step: CellStep;
}

/**
 * Computes all that does not depend on the states.
 * @param x [batch, time, features]
 * @param weights those of the cell
 */
export function startCell(
  { class_name, config }: ResolvedObject,
  x: tf.Tensor,
  weights: Weights,
  mode: Mode,
): StartedCell {
  const cell = config as unknown as CellConfig;
  switch (class_name) {
    case 'SimpleRNNCell':
      return startSimpleRnn(cell, x, weights, mode);
    case 'LSTMCell': {
      const { layout, seen } = arrange(cell, 4, x, weights, mode);
      return { inputs: layout.inputs(seen, [4]), step: lstmStep(layout, cell) };
    }
    case 'GRUCell': {
      const { layout, seen } = arrange(cell, 3, x, weights, mode);
      return { inputs: layout.inputs(seen, [2, 1]), step: gruStep(layout, cell) };
    }
    default:
      throw new RangeError(`There is no recurrent cell "${class_name}"`);
  }
}

/** keras/src/layers/rnn/simple_rnn.py: the same numbers are left out at each step. */
function startSimpleRnn(cell: CellConfig, x: tf.Tensor, weights: Weights, mode: Mode): StartedCell {
  const [batch = 1, , features = 1] = x.shape;
  const factor = (shape: number[], rate: number) =>
    mode.training && rate > 0 ? dropoutFactor(shape, rate, mode.random) : undefined;
  const inputFactor = factor([batch, 1, features], cell.dropout);
  const stateFactor = factor([batch, cell.units], cell.recurrent_dropout);
  const layout = new SideBySide(matricesOf(cell, weights), stateFactor);
  const seen = inputFactor === undefined ? x : tf.mul(x, inputFactor);
  return {
    inputs: layout.inputs(seen, [1]),
    step: simpleRnnStep(layout, activationOf(cell.activation)),
  };
}

interface Arrangement {
  readonly layout: GateLayout;
  /** The inputs with numbers left out, if that is the same for all gates. */
  readonly seen: tf.Tensor;
}

/** With recurrent dropout Keras's LSTM and GRU leave out other numbers for each gate (`implementation` 1), else the same for all. */
function arrange(
  cell: CellConfig,
  gates: number,
  x: tf.Tensor,
  weights: Weights,
  { training, random }: Mode,
): Arrangement {
  const matrices = matricesOf(cell, weights);
  const [batch = 1, , features = 1] = x.shape;
  const isDropped = (rate: number) => training && rate > 0 && rate < 1;
  if (training && cell.recurrent_dropout > 0) {
    const factor = (shape: number[], rate: number) =>
      isDropped(rate) ? dropoutFactor([gates, ...shape], rate, random) : undefined;
    const factors = {
      inputs: factor([batch, 1, features], cell.dropout),
      state: factor([batch, cell.units], cell.recurrent_dropout),
    };
    return { layout: new SeparateGates(matrices, gates, factors), seen: x };
  }
  const layout = new SideBySide(matrices);
  if (!isDropped(cell.dropout)) return { layout, seen: x };
  return { layout, seen: tf.mul(x, dropoutFactor([batch, 1, features], cell.dropout, random)) };
}

/** A GRU that resets after the product has two biases: of the input's product and of the state's. */
function matricesOf(cell: CellConfig, weights: Weights): CellMatrices {
  const given = cell.use_bias ? weightOf(weights, 'bias') : undefined;
  const [bias, recurrentBias] = given?.rank === 2 ? unstack(given, 0) : [given];
  return {
    units: cell.units,
    kernel: weightOf(weights, 'kernel'),
    recurrent: weightOf(weights, 'recurrent_kernel'),
    bias,
    recurrentBias,
  };
}
