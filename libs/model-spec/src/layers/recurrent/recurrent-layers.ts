import type { Shape } from '@epochal/contracts';
import type { ObjectValue } from '../../catalogue/object-field.js';
import type { WeightSpec } from '../../layer-definition.js';
import { defineLayer } from '../define-layer.js';
import { innerWeights } from '../inner-layer.js';
import { knownSize, onlyInput, requireRank } from '../shape-rules.js';
import { cellOrCells } from './cell-field.js';
import { gruFields, lstmFields, sequenceFields, simpleRnnFields } from './cell-fields.js';
import { cellStates, type CellStates } from './cell-structure.js';
import { cellWeights } from './cell-weights.js';

/** Batch, time and features. Initial states come by keyword. */
function sequence(className: string, inputs: readonly Shape[]): Shape {
  const input = onlyInput(className, inputs);
  requireRank(className, input, 3, 3);
  return input;
}

const features = (className: string, inputs: readonly Shape[]): number =>
  knownSize(className, sequence(className, inputs), -1);

interface Returned {
  readonly return_sequences: boolean;
  readonly return_state: boolean;
}

function sequenceOutputs(
  [batch = null, time = null]: Shape,
  { return_sequences, return_state }: Returned,
  { output, states }: CellStates,
): Shape[] {
  const main = return_sequences ? [batch, time, output] : [batch, output];
  return [main, ...(return_state ? states.map((size): Shape => [batch, size]) : [])];
}

/** A layer whose cell's config keys stand in its own config. */
function cellLayer<const Name extends string, Fields extends typeof simpleRnnFields>(
  className: Name,
  fields: Fields,
  gates: 1 | 3 | 4,
) {
  type CellConfig = Parameters<typeof cellWeights>[0];
  const inCell = (weight: WeightSpec): WeightSpec => ({ ...weight, path: `cell/${weight.path}` });
  return defineLayer({
    className,
    fields: { ...fields, ...sequenceFields },
    outputShapes(config, inputs) {
      const { units } = config as unknown as CellConfig;
      const states = gates === 4 ? [units, units] : [units];
      const returned = config as unknown as Returned;
      return sequenceOutputs(sequence(className, inputs), returned, { output: units, states });
    },
    weights: (config, inputs) =>
      cellWeights(config as unknown as CellConfig, gates, features(className, inputs)).map(inCell),
  });
}

const rnn = defineLayer({
  className: 'RNN',
  fields: { ...sequenceFields, cell: cellOrCells('cell') },
  outputShapes: (config, inputs) =>
    sequenceOutputs(sequence('RNN', inputs), config, cellStates(config.cell as ObjectValue)),
  weights: ({ cell }, inputs) => innerWeights('cell', cell, [[null, features('RNN', inputs)]]),
});

export const sequenceLayers = {
  RNN: rnn,
  SimpleRNN: cellLayer('SimpleRNN', simpleRnnFields, 1),
  LSTM: cellLayer('LSTM', lstmFields, 4),
  GRU: cellLayer('GRU', gruFields, 3),
};
