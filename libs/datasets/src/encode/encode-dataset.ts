import {
  type ColumnGroup,
  type ColumnProfile,
  type Data,
  encodedColumnWidth,
  jsonPointer,
} from '@epochal/contracts';
import { encodeValues, fitMoments, writeRows } from './encode-column.js';
import { asNumbers, type ColumnPlace, fitValues, type FittedColumn } from './fit-column.js';
import { invalidData } from './invalid-data-error.js';
import { type RawColumn, readColumns } from './read-columns.js';
import { type RowSplit, SPLIT_NAMES, splitRows, type SplitName } from './split-rows.js';

export interface EncodeOptions {
  /** The rows of the dataset, as `ingestCsv` wrote them. */
  readonly parquetPath: string;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  readonly data: Data;
  /** Name of the column with the weight of each row. */
  readonly sampleWeight?: string;
}

/** One input or output of a model: float32 [rows, width], row-major. `name` is null for a model with a single one. */
export interface EncodedTensor {
  readonly name: string | null;
  readonly width: number;
  readonly values: Float32Array;
}

export interface EncodedSplit {
  readonly rows: number;
  readonly x: readonly EncodedTensor[];
  readonly y: readonly EncodedTensor[];
  /** float32 [rows] */
  readonly sampleWeight: Float32Array | null;
}

/** The fitted columns of each tensor, in order: what evaluating and predicting later apply again. JSON. */
export interface Preprocessing {
  readonly x: readonly FittedTensor[];
  readonly y: readonly FittedTensor[];
}
export interface FittedTensor {
  readonly name: string | null;
  readonly columns: readonly FittedColumn[];
}

export interface EncodedDataset extends Readonly<Record<SplitName, EncodedSplit>> {
  readonly preprocessing: Preprocessing;
}

type Groups = Data['x'];
interface TensorPlan {
  readonly name: string | null;
  readonly places: readonly ColumnPlace[];
}

/**
 * Splits the rows and encodes their columns as the job's `data` asks. The same arguments give the same bits.
 *
 * @throws InvalidDataError when a column is missing or its values cannot be encoded so
 */
export async function encodeDataset(options: EncodeOptions): Promise<EncodedDataset> {
  const { data, rows } = options;
  const split = splitRows(rows, data.split);
  if (split.train.length === 0) {
    throw invalidData('/data/split', `no row of ${rows} is left to train on`, {
      expected: 'smaller fractions',
    });
  }
  const plans = {
    x: planTensors(options, data.x, ['data', 'x']),
    y: planTensors(options, data.y, ['data', 'y']),
  };
  const raw = await readColumns(options.parquetPath, rows, neededColumns(options, [...plans.x, ...plans.y]));
  const x = plans.x.map((plan) => encodeTensor(plan, raw, split));
  const y = plans.y.map((plan) => encodeTensor(plan, raw, split));
  const weight = sampleWeights(options, raw);
  const splitOf = (name: SplitName): EncodedSplit => ({
    rows: split[name].length,
    x: x.map(({ splits }) => splits[name]),
    y: y.map(({ splits }) => splits[name]),
    sampleWeight: weight && Float32Array.from(split[name], (row) => weight[row]!),
  });
  return {
    train: splitOf('train'),
    validation: splitOf('validation'),
    test: splitOf('test'),
    preprocessing: { x: x.map(({ fitted }) => fitted), y: y.map(({ fitted }) => fitted) },
  };
}

function planTensors(options: EncodeOptions, groups: Groups, path: readonly string[]): TensorPlan[] {
  const plan = (
    name: string | null,
    list: readonly ColumnGroup[],
    at: readonly PropertyKey[],
  ): TensorPlan => ({
    name,
    places: list.flatMap((group, index) =>
      group.columns.map((column, place) => {
        const pointer = jsonPointer([...at, index, 'columns', place]);
        return { group, pointer, profile: findColumn(options.columns, column, pointer) };
      }),
    ),
  });
  if (Array.isArray(groups)) return [plan(null, groups, path)];
  return Object.entries(groups).map(([name, list]) => plan(name, list, [...path, name]));
}

function findColumn(columns: readonly ColumnProfile[], name: string, pointer: string): ColumnProfile {
  const profile = columns.find((column) => column.name === name);
  if (profile) return profile;
  throw invalidData(pointer, `the dataset has no column "${name}"`, {
    expected: `one of ${columns.map((column) => column.name).join(', ')}`,
    received: name,
  });
}

function neededColumns(
  { sampleWeight, columns }: EncodeOptions,
  plans: readonly TensorPlan[],
): ColumnProfile[] {
  const profiles = plans.flatMap(({ places }) => places.map(({ profile }) => profile));
  const weight = sampleWeight === undefined ? [] : [findColumn(columns, sampleWeight, '/fit/sample_weight')];
  return [...new Set([...profiles, ...weight])];
}

function encodeTensor({ name, places }: TensorPlan, raw: ReadonlyMap<string, RawColumn>, split: RowSplit) {
  const widths = places.map(({ group, profile }) => encodedColumnWidth(group, profile));
  const width = widths.reduce((sum, each) => sum + each, 0);
  const splits = Object.fromEntries(
    SPLIT_NAMES.map((each) => [each, { name, width, values: new Float32Array(split[each].length * width) }]),
  ) as Record<SplitName, EncodedTensor>;
  let at = 0;
  // One column at a time, so that only one is in memory as doubles.
  const columns = places.map((place, index) => {
    const column = raw.get(place.profile.name)!;
    const fittedValues = fitValues(place, column, split.train);
    const encoded = encodeValues(fittedValues, place, column);
    const fitted = place.group.standardize ? fitMoments(fittedValues, encoded, split.train) : fittedValues;
    for (const each of SPLIT_NAMES)
      writeRows(fitted, encoded, split[each], { values: splits[each].values, width, at });
    at += widths[index]!;
    return fitted;
  });
  return { splits, fitted: { name, columns } satisfies FittedTensor };
}

function sampleWeights(options: EncodeOptions, raw: ReadonlyMap<string, RawColumn>): Float64Array | null {
  const { sampleWeight } = options;
  if (sampleWeight === undefined) return null;
  const pointer = '/fit/sample_weight';
  const profile = findColumn(options.columns, sampleWeight, pointer);
  const group: ColumnGroup = { columns: [sampleWeight], standardize: false, scale: 1, offset: 0 };
  const place: ColumnPlace = { profile, pointer, group };
  fitValues(
    { ...place, group: { ...group, encoding: 'numeric' } },
    raw.get(sampleWeight)!,
    new Uint32Array(),
  );
  return asNumbers(place, raw.get(sampleWeight)!).values as Float64Array;
}
