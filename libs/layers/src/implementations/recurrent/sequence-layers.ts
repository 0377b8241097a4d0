import { cellStates, type ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import type { CallContext, LayerImplementation, Mask } from '../../layer.js';
import { constant } from '../../ops/constant.js';
import { fillUnless, select } from '../../ops/select.js';
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
  const x = only(inputs);
  const sizes = cellStates(cell).states;
  const given = initialStates(context, sizes.length);
  const mask = given === undefined ? (context.masks[0] ?? null) : maskBesideStates(context);
  const states = given ?? sizes.map((size) => tf.zeros([x.shape[0] ?? 1, size]));
  const forwards = mask === null ? undefined : stepsOf(mask);
  const stepMasks = config.go_backwards ? forwards?.toReversed() : forwards;
  const direction = config.go_backwards ? 'backwards' : 'forwards';
  const run = runCell(cell, x, weightsBelow(weights, 'cell'), states, { ...context, direction, stepMasks });
  const outputs = outputsOf(run, stepMasks, given === undefined ? 'zero states' : 'given states', config);
  return config.return_state ? [outputs, ...run.states] : [outputs];
}

function outputsOf(
  { outputs }: CellRun,
  stepMasks: readonly tf.Tensor[] | undefined,
  start: 'zero states' | 'given states',
  { return_sequences, zero_output_for_mask }: SequenceConfig,
): tf.Tensor {
  const shown = stepMasks === undefined ? outputs : shownOutputs(outputs, stepMasks);
  return return_sequences ? tf.stack([...shown], 1) : shown.at(-1)!;

  /** A step that does not count repeats the last output that did; before the first that did there are zeros, not the given state. */
  function shownOutputs(all: readonly tf.Tensor[], masks: readonly tf.Tensor[]): readonly tf.Tensor[] {
    if (zero_output_for_mask) return all.map((output, step) => fillUnless(masks[step]!, output, 0));
    if (start === 'zero states') return all;
    let before: tf.Tensor = tf.zeros(all[0]!.shape);
    return all.map((output, step) => (before = select(masks[step]!, output, before)));
  }
}

/** For each step, bool [batch, 1]. */
const stepsOf = (mask: tf.Tensor): tf.Tensor[] =>
  unstack(
    constant(() => tf.expandDims(tf.cast(mask, 'bool'), -1)),
    1,
  );

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
