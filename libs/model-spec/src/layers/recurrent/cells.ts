import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { ShapeError } from '../../layer-definition.js';
import { defineLayer } from '../define-layer.js';
import { knownSize, requireRank } from '../shape-rules.js';
import { cellField } from './cell-field.js';
import { gruFields, lstmFields, simpleRnnFields } from './cell-fields.js';
import { cellStates, stackedCellWeights } from './cell-structure.js';
import { cellWeights } from './cell-weights.js';

/** A cell is called on one step of its input and, behind it or by the keyword `states`, its states. */
function stepInput(className: string, inputs: readonly Shape[], states: number): Shape {
  const [input] = inputs;
  if (input === undefined || (inputs.length !== 1 && inputs.length !== 1 + states)) {
    throw new ShapeError(
      `${className} takes one input and ${states} ${states === 1 ? 'state' : 'states'}; received ${inputs.length} tensors`,
    );
  }
  requireRank(className, input, 2, 2);
  return input;
}

const outputs = (input: Shape, output: number, states: readonly number[]): Shape[] =>
  [output, ...states].map((size) => [input[0] ?? null, size]);

const simpleRnnCell = defineLayer({
  className: 'SimpleRNNCell',
  fields: simpleRnnFields,
  outputShapes: ({ units }, inputs) => outputs(stepInput('SimpleRNNCell', inputs, 1), units, [units]),
  weights: (config, [input = []]) => cellWeights(config, 1, knownSize('SimpleRNNCell', input, -1)),
});

const lstmCell = defineLayer({
  className: 'LSTMCell',
  fields: lstmFields,
  outputShapes: ({ units }, inputs) => outputs(stepInput('LSTMCell', inputs, 2), units, [units, units]),
  weights: (config, [input = []]) => cellWeights(config, 4, knownSize('LSTMCell', input, -1)),
});

const gruCell = defineLayer({
  className: 'GRUCell',
  fields: gruFields,
  outputShapes: ({ units }, inputs) => outputs(stepInput('GRUCell', inputs, 1), units, [units]),
  weights: (config, [input = []]) => cellWeights(config, 3, knownSize('GRUCell', input, -1)),
});

const stackedRnnCells = defineLayer({
  className: 'StackedRNNCells',
  fields: { cells: z.array(cellField('cells')).min(1) },
  outputShapes({ cells }, inputs) {
    const { output, states } = cellStates({ class_name: 'StackedRNNCells', config: { cells } });
    return outputs(stepInput('StackedRNNCells', inputs, states.length), output, states);
  },
  weights: ({ cells }, [input = []]) =>
    stackedCellWeights(cells, input[0] ?? null, knownSize('StackedRNNCells', input, -1)),
});

export const cellLayers = {
  SimpleRNNCell: simpleRnnCell,
  LSTMCell: lstmCell,
  GRUCell: gruCell,
  StackedRNNCells: stackedRnnCells,
};
