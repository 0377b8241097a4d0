import type { JsonObject } from '@epochal/contracts';
import type { ObjectValue } from '../../catalogue/object-field.js';
import { toSnakeCase } from '../../catalogue/snake-case.js';
import type { WeightSpec } from '../../layer-definition.js';
import { innerWeights } from '../inner-layer.js';

export interface CellStates {
  /** Size of the output at one step. */
  readonly output: number;
  /** Sizes of the states, those of stacked cells one after the other. */
  readonly states: readonly number[];
}

/** Sizes of what a validated cell gives at each step. */
export function cellStates({ class_name, config }: ObjectValue): CellStates {
  if (class_name === 'StackedRNNCells') {
    const inner = stackedCells(config).map(({ cell }) => cellStates(cell));
    return { output: inner.at(-1)?.output ?? 0, states: inner.flatMap(({ states }) => states) };
  }
  const units = config['units'] as number;
  return { output: units, states: class_name === 'LSTMCell' ? [units, units] : [units] };
}

export interface PlacedCell {
  readonly cell: ObjectValue;
  /** Where Keras keeps its weights below the stack: `cells/lstm_cell_1`. */
  readonly path: string;
}

/** The cells of a StackedRNNCells, in order. */
export function stackedCells(config: JsonObject): PlacedCell[] {
  const seen = new Map<string, number>();
  return (config['cells'] as ObjectValue[]).map((cell) => {
    const stem = toSnakeCase(cell.class_name);
    const count = seen.get(stem) ?? 0;
    seen.set(stem, count + 1);
    return { cell, path: `cells/${count === 0 ? stem : `${stem}_${count}`}` };
  });
}

/** @param features size of the first cell's input */
export function stackedCellWeights(
  cells: ObjectValue[],
  batch: number | null,
  features: number,
): WeightSpec[] {
  let size = features;
  return stackedCells({ cells }).flatMap(({ cell, path }) => {
    const weights = innerWeights(path, cell, [[batch, size]]);
    size = cellStates(cell).output;
    return weights;
  });
}
