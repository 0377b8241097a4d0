import { cellStates, type ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import type { CallContext, LayerImplementation, Mask } from '../../layer.js';
import { constant } from '../../ops/constant.js';
import { float } from '../../ops/elementwise.js';
import { fillUnless } from '../../ops/select.js';
import { implement, only, type Weights } from '../implement.js';
import { weightsBelow } from '../inner-layer.js';
import { runCell, type CellRun } from './run-cell.js';
import { unstack } from '../../ops/unstack.js';

/** Config keys of every layer that runs a cell over time. */
interface SequenceConfig {
  readonly return_sequences: boolean;
  readonly return_state: boolean;
  readonly go_backwards: boolean;
  readonly zero_output_for_mask: boolean;
}

/** keras/src/layers/rnn/rnn.py */
function callSequence(
  cell: ResolvedObject,
  config: SequenceConfig,
  inputs: readonly tf.Tensor[],
  weights: Weights,
  context: CallContext,
): tf.Tensor[] {
  const x = float(only(inputs));
  const sizes = cellStates(cell).states;
  const given = initialStates(context, sizes.length);
  const states = given ?? sizes.map((size) => tf.zeros([x.shape[0] ?? 1, size]));
  const mask = given === undefined ? (context.masks[0] ?? null) : maskBesideStates(context);
  const steps = mask === null ? null : stepsInOrder(mask, config);
  const run = runCell(cell, x, weightsBelow(weights, 'cell'), states, {
    ...context,
    direction: config.go_backwards ? 'backwards' : 'forwards',
    stepMasks: steps === null ? undefined : unstack(steps, 1),
  });
  const outputs = outputsOf(run, visibleOutputs(steps, given !== undefined, config), config);
  return config.return_state ? [outputs, ...run.states] : [outputs];
}

/** Which samples each step counts for, bool [batch, time, 1], in the order in which steps are computed. */
const stepsInOrder = (mask: tf.Tensor, { go_backwards }: SequenceConfig): tf.Tensor =>
  constant(() => {
    const steps = tf.expandDims(tf.cast(mask, 'bool'), -1);
    return go_backwards ? tf.reverse(steps, 1) : steps;
  });

/**
 * Which outputs are shown; the others are zeros. A step that does not count repeats the state, but before the first step that does
 * count Keras's output is zero, whatever the state was given as.
 */
function visibleOutputs(steps: Mask, isStateGiven: boolean, { zero_output_for_mask }: SequenceConfig): Mask {
  if (steps === null || zero_output_for_mask) return steps;
  return isStateGiven ? constant(() => tf.greater(tf.cumsum(tf.cast(steps, 'float32'), 1), 0)) : null;
}

function outputsOf({ outputs }: CellRun, visible: Mask, { return_sequences }: SequenceConfig): tf.Tensor {
  if (return_sequences) {
    const all = tf.stack([...outputs], 1);
    return visible === null ? all : fillUnless(visible, all, 0);
  }
  const last = outputs.at(-1)!;
  return visible === null ? last : fillUnless(unstack(visible, 1).at(-1)!, last, 0);
}

/** Keras 3 gives a layer that is called on several tensors no mask but one by keyword; the output keeps the input's all the same. */
const maskBesideStates = ({ keywordInputs }: CallContext): Mask => keywordInputs['mask']?.[0] ?? null;

/** @throws RangeError when their number is not that of the cell's states */
function initialStates(context: CallContext, wanted: number): readonly tf.Tensor[] | undefined {
  const given = context.keywordInputs['initial_state'];
  if (given === undefined || given.length === 0) return undefined;
  if (given.length === wanted) return given;
  throw new RangeError(`initial_state must hold ${wanted} tensors, one a state; received ${given.length}`);
}

/** A step's mask for the sequence; states have none. */
const sequenceMasks = (
  { return_sequences }: SequenceConfig,
  _inputs: readonly tf.Tensor[],
  masks: readonly Mask[],
): Mask[] => [return_sequences ? (masks[0] ?? null) : null];

function cellLayer(className: 'SimpleRNN' | 'LSTM' | 'GRU'): LayerImplementation {
  return implement(className, {
    masks: sequenceMasks,
    call: (config, inputs, weights, context) =>
      callSequence({ class_name: `${className}Cell`, config }, config, inputs, weights, context),
  });
}

export const sequenceImplementations: readonly LayerImplementation[] = [
  cellLayer('SimpleRNN'),
  cellLayer('LSTM'),
  cellLayer('GRU'),
  implement('RNN', {
    masks: sequenceMasks,
    call: (config, inputs, weights, context) => callSequence(config.cell, config, inputs, weights, context),
  }),
];
