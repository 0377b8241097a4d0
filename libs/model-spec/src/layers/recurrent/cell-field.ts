import { z } from 'zod';
import type { ObjectValue } from '../../catalogue/object-field.js';
import { layerField } from '../layer-field.js';

const CELLS: readonly string[] = ['SimpleRNNCell', 'LSTMCell', 'GRUCell', 'StackedRNNCells'];

/** A config key that holds a recurrent cell. */
export const cellField = (field: string) =>
  layerField(field).refine(({ class_name }) => CELLS.includes(class_name), {
    error: (issue) =>
      `expected a cell (${CELLS.join(', ')}); received ${(issue.input as ObjectValue).class_name}`,
  });

/** One cell, or a list of cells, which is a stack of them. */
export const cellOrCells = (field: string) =>
  z.preprocess(
    (given) => (Array.isArray(given) ? { class_name: 'StackedRNNCells', config: { cells: given } } : given),
    cellField(field),
  );
