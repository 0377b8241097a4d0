import { cellStates, stackedCells, type ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import { select } from '../../ops/select.js';
import type { Weights } from '../implement.js';
import { weightsBelow } from '../inner-layer.js';
import { startCell, type Mode } from './cell-start.js';

export interface CellRun {
  /** Output of each step, [batch, units], in the order in which they are computed. */
  readonly outputs: readonly tf.Tensor[];
  /** States after the last step. */
  readonly states: readonly tf.Tensor[];
}

export interface RunOptions extends Mode {
  /** In which order the steps are computed. */
  readonly direction: 'forwards' | 'backwards';
  /** For each step in the order in which it is computed, [batch, 1], which samples it counts for; undefined when it counts for all. */
  readonly stepMasks: readonly tf.Tensor[] | undefined;
}

/**
 * Runs a cell, or a stack of cells, over a sequence. A step that does not count leaves the states as they were, and its output is
 * the state.
 * @param x [batch, time, features]
 * @param weights those of the cell
 * @param states the first ones, those of stacked cells one after the other
 */
export function runCell(
  cell: ResolvedObject,
  x: tf.Tensor,
  weights: Weights,
  states: readonly tf.Tensor[],
  options: RunOptions,
): CellRun {
  if (cell.class_name === 'StackedRNNCells') return runStack(cell, x, weights, states, options);
  const { inputs, step } = startCell(cell, x, weights, options);
  const ordered = options.direction === 'forwards' ? inputs : inputs.toReversed();
  let current = states;
  const outputs = ordered.map((input, index) => {
    const next = step(input, current);
    const mask = options.stepMasks?.[index];
    current = mask === undefined ? next : next.map((state, at) => select(mask, state, current[at]!));
    return current[0]!;
  });
  return { outputs, states: current };
}

/** Cell by cell instead of step by step, which gives the same and makes one product of the inputs of every step. */
function runStack(
  { config }: ResolvedObject,
  x: tf.Tensor,
  weights: Weights,
  states: readonly tf.Tensor[],
  options: RunOptions,
): CellRun {
  let sequence = x;
  let { direction } = options;
  let outputs: readonly tf.Tensor[] = [];
  const left = [...states];
  const last = stackedCells(config).flatMap(({ cell, path }) => {
    const own = left.splice(0, cellStates(cell).states.length);
    if (outputs.length > 0) sequence = tf.stack([...outputs], 1);
    const run = runCell(cell, sequence, weightsBelow(weights, path), own, { ...options, direction });
    outputs = run.outputs;
    // The outputs of the first cell are in the order in which they were computed.
    direction = 'forwards';
    return run.states;
  });
  return { outputs, states: last };
}
