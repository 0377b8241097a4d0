import { type ColumnGroup, columnEncoding, type ColumnProfile } from '@epochal/contracts';
import { invalidData } from './invalid-data-error.js';
import type { RawColumn } from './read-columns.js';

/** All that is needed to encode a column of other rows in the same way. JSON. */
export interface FittedColumn {
  readonly name: string;
  readonly encoding: 'numeric' | 'one_hot' | 'int';
  /** What stands in for a missing value. */
  readonly fill: number | string | null;
  /** Values that have a number or a place of their own, in order; null for numbers that stand for themselves. */
  readonly categories: readonly (number | string)[] | null;
  /** Of each encoded number over the training rows, when it is standardised. */
  readonly mean: readonly number[] | null;
  readonly standard_deviation: readonly number[] | null;
  readonly scale: number;
  readonly offset: number;
}

/** Where a column stands in the request, for errors. */
export interface ColumnPlace {
  readonly profile: ColumnProfile;
  readonly group: ColumnGroup;
  readonly pointer: string;
}

const EXAMPLES = 3;

/**
 * Decides how a column is encoded, as far as single values go: the encoding, the fill value (from the training rows) and the
 * categories (of all rows, so that the width does not depend on the split).
 *
 * @throws InvalidDataError when the column has values that cannot be encoded so
 */
export function fitValues(place: ColumnPlace, raw: RawColumn, trainRows: Uint32Array): FittedColumn {
  const { profile, group } = place;
  const encoding = columnEncoding(group, profile);
  const column = encoding === 'numeric' ? asNumbers(place, raw) : raw;
  const fill = fitFill(place, column, trainRows);
  return {
    name: profile.name,
    encoding,
    fill,
    categories: encoding === 'numeric' ? null : categoriesOf(column, fill),
    mean: null,
    standard_deviation: null,
    scale: group.scale,
    offset: group.offset,
  };
}

/** A string column whose texts are all numbers may be used as numbers. @throws InvalidDataError naming the first others */
export function asNumbers({ profile, pointer }: ColumnPlace, raw: RawColumn): RawColumn {
  if (raw.kind === 'numbers') return raw;
  const values = Float64Array.from(raw.values, (text) =>
    text === null || text.trim() === '' ? NaN : Number(text),
  );
  const wrong = raw.values.flatMap((text, row) =>
    text !== null && Number.isNaN(values[row]!) ? [{ text, row }] : [],
  );
  if (wrong.length === 0) return { kind: 'numbers', values };
  const examples = wrong
    .slice(0, EXAMPLES)
    .map(({ text, row }) => `${JSON.stringify(text)} in row ${row + 1}`);
  throw invalidData(
    pointer,
    `column "${profile.name}" has text where numbers are needed: ${examples.join(', ')}` +
      (wrong.length > EXAMPLES ? ` and ${wrong.length - EXAMPLES} more` : ''),
    { expected: 'numbers, or the encoding one_hot or int', received: 'text' },
  );
}

export const isMissing = (value: number | string | null | undefined): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value);

function fitFill(place: ColumnPlace, column: RawColumn, trainRows: Uint32Array): number | string | null {
  const { group, profile, pointer } = place;
  if (group.impute === undefined) {
    assertComplete(place, column);
    return null;
  }
  if (typeof group.impute === 'object') return constantFill(place, column, group.impute.constant);
  const present = Array.from(trainRows, (row) => column.values[row]).filter((value) => !isMissing(value));
  if (present.length === 0) {
    throw invalidData(pointer, `column "${profile.name}" has no value in any training row to impute from`);
  }
  if (group.impute === 'most_frequent') return mostFrequent(present as (number | string)[]);
  if (column.kind === 'strings') {
    throw invalidData(pointer, `column "${profile.name}" holds text, which has no ${group.impute}`, {
      expected: 'impute: "most_frequent" or { "constant": … }',
      received: group.impute,
    });
  }
  return group.impute === 'mean' ? mean(present as number[]) : median(present as number[]);
}

function constantFill(
  { profile, pointer }: ColumnPlace,
  column: RawColumn,
  constant: number | string,
): number | string {
  if (column.kind === 'strings') return String(constant);
  if (typeof constant === 'number') return constant;
  throw invalidData(pointer, `column "${profile.name}" holds numbers, but the constant to impute is text`, {
    expected: 'a number',
    received: JSON.stringify(constant),
  });
}

function assertComplete({ profile, pointer }: ColumnPlace, column: RawColumn): void {
  const missing: number[] = [];
  for (let row = 0; row < column.values.length; row += 1)
    if (isMissing(column.values[row])) missing.push(row + 1);
  if (missing.length === 0) return;
  const rows = missing.slice(0, EXAMPLES).join(', ');
  throw invalidData(
    pointer,
    `column "${profile.name}" has ${missing.length} missing values (row ${rows}${missing.length > EXAMPLES ? ', …' : ''})`,
    { expected: 'impute: "mean", "median", "most_frequent" or { "constant": … }' },
  );
}

function categoriesOf(column: RawColumn, fill: number | string | null): (number | string)[] {
  const values = new Set<number | string>();
  for (const value of column.values) values.add(isMissing(value) ? fill! : value);
  // By code unit and by size: the same on every machine, whatever its language.
  return [...values].sort((a, b) => (a < b ? -1 : 1));
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]!;
  return sum / values.length;
};

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of several that are equally frequent, the smallest, as scikit-learn chooses. */
function mostFrequent(values: readonly (number | string)[]): number | string {
  const counts = new Map<number | string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first, ...others] = counts;
  return others.reduce(
    (best, entry) => (entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0]) ? entry : best),
    first!,
  )[0];
}
