import { columnEncoding } from '@epochal/contracts';
import type { ColumnPlace } from './column-place.js';
import { type FittedColumn, widthOf } from './fitted-column.js';
import { invalidData } from './invalid-data-error.js';
import { mean, median, mostFrequent, standardDeviation } from './statistics.js';
import type { StoredDataset, StoredValues } from './stored-dataset.js';

const EXAMPLES = 3;

/** A fitted column and its values in all rows: as numbers, or as indexes of categories, with nothing missing. */
export interface FittedValues {
  readonly fitted: FittedColumn;
  readonly values: Float64Array;
}

/**
 * Fits a column: what stands in for missing values and the moments are those of the training rows; the categories are those of
 * all rows, so that the width does not depend on the split.
 *
 * @throws InvalidDataError when the column has values that cannot be encoded so
 */
export async function fitColumn(
  place: ColumnPlace,
  stored: StoredValues,
  trainRows: Uint32Array,
  dataset: StoredDataset,
): Promise<FittedValues> {
  const { profile, group } = place;
  const encoding = columnEncoding(group, profile);
  if (encoding === 'numeric' && stored.texts !== null) throw await textError(place, dataset);
  assertFinite(place, stored);
  const fill = fitFill(place, stored, trainRows, encoding);
  const { values, categories } =
    encoding === 'numeric'
      ? { values: filled(stored.values, fill), categories: null }
      : categorize(stored, fill);
  const fitted: FittedColumn = {
    name: profile.name,
    type: profile.type,
    encoding,
    fill,
    categories,
    mean: null,
    standard_deviation: null,
    scale: group.scale,
    offset: group.offset,
  };
  assertWidth(place, fitted);
  return {
    fitted: group.standardize ? { ...fitted, ...moments(fitted, values, trainRows) } : fitted,
    values,
  };
}

function fitFill(
  place: ColumnPlace,
  { values, texts }: StoredValues,
  trainRows: Uint32Array,
  encoding: FittedColumn['encoding'],
): number | string | null {
  const { group, profile, pointer } = place;
  if (group.impute === undefined) {
    assertComplete(place, values);
    return null;
  }
  if (typeof group.impute === 'object') return constantFill(place, group.impute.constant, texts);
  const present = Float64Array.from(trainRows, (row) => values[row]!).filter((value) => !Number.isNaN(value));
  if (present.length === 0) {
    throw invalidData(pointer, `column "${profile.name}" has no value in any training row to impute from`);
  }
  if (group.impute === 'most_frequent') {
    const value = mostFrequent(present);
    return texts === null ? value : texts[value]!;
  }
  if (texts === null && encoding === 'numeric')
    return group.impute === 'mean' ? mean(present) : median(present);
  const kind = texts === null ? 'is encoded by category' : 'holds text';
  throw invalidData(pointer, `column "${profile.name}" ${kind}, which has no ${group.impute}`, {
    expected: 'impute: "most_frequent" or { "constant": … }',
    received: group.impute,
  });
}

function constantFill(
  { profile, pointer }: ColumnPlace,
  constant: number | string,
  texts: readonly string[] | null,
): number | string {
  if (texts !== null) return String(constant);
  if (typeof constant === 'number') return constant;
  throw invalidData(pointer, `column "${profile.name}" holds numbers, but the constant to impute is text`, {
    expected: 'a number',
    received: JSON.stringify(constant),
  });
}

const filled = (values: Float64Array, fill: number | string | null): Float64Array =>
  typeof fill === 'number' ? values.map((value) => (Number.isNaN(value) ? fill : value)) : values;

/** The categories in order, by code point or by size, and each row's index among them. */
function categorize(
  { values, texts }: StoredValues,
  fill: number | string | null,
): { values: Float64Array; categories: (number | string)[] } {
  const found = new Set<number>(values);
  const fillIsNeeded = found.delete(NaN) && fill !== null;
  const present = texts ?? [...found];
  const isNew = fillIsNeeded && !present.includes(fill as never);
  const categories = [...present, ...(isNew ? [fill] : [])].sort(compare);
  const indexOf = new Map(categories.map((category, index) => [category, index]));
  const fillIndex = fillIsNeeded ? indexOf.get(fill)! : NaN;
  const textIndexes = texts?.map((text) => indexOf.get(text)!);
  const indexes = values.map((value) => {
    if (Number.isNaN(value)) return fillIndex;
    return textIndexes === undefined ? indexOf.get(value)! : textIndexes[value]!;
  });
  return { values: indexes, categories };
}

/** Texts by their code points, as Python sorts them: JavaScript's order of code units differs beyond U+FFFF. */
function compare(a: number | string, b: number | string): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

/** Of every encoded number; one that is the same in all training rows is only centred, as in scikit-learn. */
function moments(
  { encoding, categories }: FittedColumn,
  values: Float64Array,
  trainRows: Uint32Array,
): { mean: number[]; standard_deviation: number[] } {
  const training = Float64Array.from(trainRows, (row) => values[row]!);
  if (encoding !== 'one_hot') {
    const centre = mean(training);
    return { mean: [centre], standard_deviation: [standardDeviation(training, centre) || 1] };
  }
  const counts = new Float64Array(categories!.length);
  for (const index of training) counts[index]! += 1;
  const shares = [...counts].map((count) => count / training.length);
  return { mean: shares, standard_deviation: shares.map((share) => Math.sqrt(share * (1 - share)) || 1) };
}

function assertComplete({ profile, pointer }: ColumnPlace, values: Float64Array): void {
  const { rows, count } = firstRows(values, Number.isNaN);
  if (count === 0) return;
  throw invalidData(pointer, `column "${profile.name}" has ${count} missing values (row ${rows})`, {
    expected: 'impute: "mean", "median", "most_frequent" or { "constant": … }',
  });
}

function assertFinite({ profile, pointer }: ColumnPlace, { values }: StoredValues): void {
  const { rows, count } = firstRows(values, (value) => Math.abs(value) === Infinity);
  if (count === 0) return;
  throw invalidData(pointer, `column "${profile.name}" has ${count} infinite values (row ${rows})`, {
    expected: 'finite numbers',
  });
}

/** The width was promised before the rows were read. */
function assertWidth({ profile, pointer, width }: ColumnPlace, fitted: FittedColumn): void {
  if (widthOf(fitted) === width) return;
  throw invalidData(
    pointer,
    `what is imputed in column "${profile.name}" makes ${widthOf(fitted)} categories of ${width}`,
    { expected: 'impute: "most_frequent"', received: JSON.stringify(fitted.fill) },
  );
}

async function textError({ profile, pointer }: ColumnPlace, dataset: StoredDataset): Promise<Error> {
  const { examples, count } = await dataset.textsThatAreNoNumbers(profile, EXAMPLES);
  const shown = examples.map(({ text, row }) => `${JSON.stringify(text)} in row ${row}`).join(', ');
  return invalidData(
    pointer,
    `column "${profile.name}" has text where numbers are needed: ${shown}` +
      (count > EXAMPLES ? ` and ${count - EXAMPLES} more` : ''),
    { expected: 'numbers, or the encoding one_hot or int', received: 'text' },
  );
}

/** The first rows, counted from 1, whose values are so, and how many there are. */
function firstRows(values: Float64Array, test: (value: number) => boolean): { rows: string; count: number } {
  const first: number[] = [];
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    if (!test(values[row]!)) continue;
    count += 1;
    if (first.length < EXAMPLES) first.push(row + 1);
  }
  return { rows: `${first.join(', ')}${count > EXAMPLES ? ', …' : ''}`, count };
}
