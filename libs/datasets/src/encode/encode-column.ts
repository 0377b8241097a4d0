import { asNumbers, type ColumnPlace, type FittedColumn, isMissing, mean } from './fit-column.js';
import type { RawColumn } from './read-columns.js';

/** The numbers that a column becomes, each an array over all rows. */
type EncodedNumbers = readonly Float64Array[];

/** The encoded numbers of all rows, before they are standardised and scaled. A value that is no category is all zeros, or -1. */
export function encodeValues(fitted: FittedColumn, place: ColumnPlace, raw: RawColumn): EncodedNumbers {
  if (fitted.categories === null) return [filled(fitted, asNumbers(place, raw))];
  const indexes = categoryIndexes(fitted, raw);
  if (fitted.encoding === 'int') return [indexes];
  return fitted.categories.map((_, category) => indexes.map((index) => (index === category ? 1 : 0)));
}

function filled({ fill }: FittedColumn, raw: RawColumn): Float64Array {
  const values = raw.values as Float64Array;
  return fill === null ? values : values.map((value) => (Number.isNaN(value) ? (fill as number) : value));
}

function categoryIndexes({ fill, categories }: FittedColumn, raw: RawColumn): Float64Array {
  const indexOf = new Map(categories!.map((category, index) => [category, index]));
  const indexes = new Float64Array(raw.values.length);
  for (let row = 0; row < indexes.length; row += 1) {
    const value = raw.values[row];
    indexes[row] = indexOf.get(isMissing(value) ? fill! : value) ?? -1;
  }
  return indexes;
}

/** Adds mean and standard deviation over the training rows; a constant is only centred, as in scikit-learn. */
export function fitMoments(
  fitted: FittedColumn,
  encoded: EncodedNumbers,
  trainRows: Uint32Array,
): FittedColumn {
  const moments = encoded.map((numbers) => {
    const training = Float64Array.from(trainRows, (row) => numbers[row]!);
    const centre = mean(training);
    const deviation = Math.sqrt(mean(training.map((value) => (value - centre) ** 2)));
    return { centre, deviation: deviation === 0 ? 1 : deviation };
  });
  return {
    ...fitted,
    mean: moments.map(({ centre }) => centre),
    standard_deviation: moments.map(({ deviation }) => deviation),
  };
}

/** Standardises and scales the rows of a split, and writes them into a row-major matrix from column `at` on. */
export function writeRows(
  fitted: FittedColumn,
  encoded: EncodedNumbers,
  rows: Uint32Array,
  matrix: { readonly values: Float32Array; readonly width: number; readonly at: number },
): void {
  const { values, width, at } = matrix;
  for (const [index, numbers] of encoded.entries()) {
    const centre = fitted.mean?.[index] ?? 0;
    const deviation = fitted.standard_deviation?.[index] ?? 1;
    for (let row = 0; row < rows.length; row += 1) {
      const standardized = (numbers[rows[row]!]! - centre) / deviation;
      values[row * width + at + index] = standardized * fitted.scale + fitted.offset;
    }
  }
}
