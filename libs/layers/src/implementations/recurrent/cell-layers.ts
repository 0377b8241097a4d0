import { cellStates } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerImplementation } from '../../layer.js';
import { implement } from '../implement.js';
import { runCell } from './run-cell.js';

type CellName = 'SimpleRNNCell' | 'LSTMCell' | 'GRUCell' | 'StackedRNNCells';

/** A cell called by itself: one step, from states given behind the input or by the keyword `states`. */
const cellLayer = (className: CellName): LayerImplementation =>
  implement(className, {
    call(config, [input, ...behind], weights, context) {
      const cell = { class_name: className, config };
      const states = context.keywordInputs['states'] ?? behind;
      const wanted = cellStates(cell).states.length;
      if (input === undefined || states.length !== wanted) {
        throw new RangeError(
          `${className} is called on an input and ${wanted} states; received ${states.length}`,
        );
      }
      const sequence = tf.expandDims(input, 1);
      const options = { ...context, direction: 'forwards', stepMasks: undefined } as const;
      const run = runCell(cell, sequence, weights, states, options);
      return [run.outputs[0]!, ...run.states];
    },
  });

export const cellImplementations = [
  cellLayer('SimpleRNNCell'),
  cellLayer('LSTMCell'),
  cellLayer('GRUCell'),
  cellLayer('StackedRNNCells'),
];
