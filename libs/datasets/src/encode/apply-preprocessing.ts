import { jsonPointer, type JsonValue } from '@epochal/contracts';
import type { EncodedTensor } from './encode-dataset.js';
import { columnWriter, type FittedColumn, type Preprocessing, widthOf } from './fitted-column.js';
import { invalidData } from './invalid-data-error.js';

/** Values by the names of their columns. What is absent, null or an empty text is missing. */
export type DataRow = Readonly<Record<string, JsonValue | undefined>>;

/**
 * Encodes other rows as the rows of a dataset were, for the inputs of the model that was trained on them. A text that was no
 * category then is zero everywhere as one_hot, as scikit-learn's `handle_unknown="ignore"` has it, and an error as int.
 *
 * @returns float32 [rows, width] for each input
 * @throws InvalidDataError with pointers such as `/0/median_income` into the rows
 */
export function applyPreprocessing(preprocessing: Preprocessing, rows: readonly DataRow[]): EncodedTensor[] {
  return preprocessing.x.map(({ name, columns }) => {
    const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
    const values = new Float32Array(rows.length * width);
    let at = 0;
    for (const column of columns) {
      const write = columnWriter(column);
      const read = columnReader(column);
      for (const [index, row] of rows.entries()) {
        write(read(row[column.name], jsonPointer([index, column.name])), values, index * width + at);
      }
      at += widthOf(column);
    }
    return { name, width, values };
  });
}

/** A date alone counts as UTC by itself. */
const HAS_ZONE = /^\d{4}-\d{2}-\d{2}$|(Z|[+-]\d{2}:?\d{2})$/i;

/** Makes the number of a value that {@link columnWriter} takes. */
function columnReader(column: FittedColumn): (value: JsonValue | undefined, pointer: string) => number {
  const indexOf = column.categories && new Map(column.categories.map((category, index) => [category, index]));
  return (value, pointer) => {
    const known =
      value === undefined || value === null || value === '' ? column.fill : typed(column, value, pointer);
    if (known === null) {
      throw invalidData(pointer, `column "${column.name}" has no value, and nothing is imputed`, {
        expected: 'a value',
      });
    }
    if (indexOf === null) return Number(known);
    const index = indexOf.get(known);
    if (index === undefined && column.encoding === 'int') {
      throw invalidData(pointer, `column "${column.name}" has a value that the model was not trained on`, {
        expected: `one of ${column.categories!.slice(0, 20).join(', ')}`,
        received: String(known),
      });
    }
    return index ?? NaN;
  };
}

function typed({ name, type }: FittedColumn, value: JsonValue, pointer: string): number | string {
  if (type === 'string' && typeof value === 'string') return value;
  if (type === 'boolean' && typeof value === 'boolean') return value ? 1 : 0;
  if ((type === 'number' || type === 'integer') && typeof value === 'number') return value;
  if (type === 'timestamp' && typeof value === 'string') {
    // Without a zone it is UTC, as in the file.
    const seconds = Date.parse(HAS_ZONE.test(value) ? value : `${value}Z`) / 1000;
    if (!Number.isNaN(seconds)) return seconds;
  }
  throw invalidData(pointer, `column "${name}" takes a value of the type ${type}`, {
    expected: EXPECTED[type],
    received: JSON.stringify(value),
  });
}

const EXPECTED: Readonly<Record<FittedColumn['type'], string>> = {
  number: 'a number',
  integer: 'a number',
  boolean: 'true or false',
  string: 'a text',
  timestamp: 'a time such as 2024-05-17T08:00:00Z',
};
