import type { ColumnGroup, ColumnProfile, Data } from '@epochal/contracts';
import { type ColumnPlace, findColumn, planTensors, type TensorPlan } from './column-place.js';
import { fitColumn } from './fit-column.js';
import { columnWriter, type FittedColumn, type Preprocessing } from './fitted-column.js';
import { invalidData } from './invalid-data-error.js';
import { type RowSplit, SPLIT_NAMES, splitRows, type SplitName } from './split-rows.js';
import { StoredDataset, type StoredValues } from './stored-dataset.js';

export interface EncodeOptions {
  /** The rows of the dataset, as `ingestCsv` wrote them. */
  readonly parquetPath: string;
  readonly rows: number;
  /** All columns of the dataset, in their order. */
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

export interface EncodedDataset extends Readonly<Record<SplitName, EncodedSplit>> {
  readonly preprocessing: Preprocessing;
}

/** So much of the dataset is held as doubles at a time, or one column if it is larger. */
const BATCH_BYTES = 64 * 1024 * 1024;

/** A tensor of each split that is being filled, column by column. */
interface Tensor {
  readonly plan: TensorPlan;
  readonly splits: Readonly<Record<SplitName, EncodedTensor>>;
  readonly fitted: FittedColumn[];
}

/**
 * Splits the rows and encodes their columns as the job's `data` asks. The same arguments give the same bits. Beside the result,
 * memory holds a few columns at a time.
 *
 * @throws InvalidDataError when a column is missing or its values cannot be encoded so
 */
export async function encodeDataset(options: EncodeOptions): Promise<EncodedDataset> {
  const { data, columns, sampleWeight } = options;
  const split = nonEmptySplit(options);
  const toTensor = (plan: TensorPlan): Tensor => emptyTensor(plan, split);
  const x = planTensors(columns, data.x, ['data', 'x']).map(toTensor);
  const y = planTensors(columns, data.y, ['data', 'y']).map(toTensor);
  const weight = sampleWeight === undefined ? null : toTensor(weightPlan(columns, sampleWeight));
  const tensors = [...x, ...y, ...(weight === null ? [] : [weight])];
  await StoredDataset.with(options.parquetPath, options, (dataset) =>
    fill(dataset, tensors, split, options.rows),
  );
  const splitOf = (name: SplitName): EncodedSplit => ({
    rows: split[name].length,
    x: x.map(({ splits }) => splits[name]),
    y: y.map(({ splits }) => splits[name]),
    sampleWeight: weight?.splits[name].values ?? null,
  });
  const fittedOf = ({ plan, fitted }: Tensor) => ({ name: plan.name, columns: fitted });
  return {
    train: splitOf('train'),
    validation: splitOf('validation'),
    test: splitOf('test'),
    preprocessing: { x: x.map(fittedOf), y: y.map(fittedOf) },
  };
}

/** @throws InvalidDataError when a split that is asked for would be without rows */
function nonEmptySplit({ rows, data }: EncodeOptions): RowSplit {
  const split = splitRows(rows, data.split);
  if (split.train.length === 0) {
    throw invalidData('/data/split', `no row of ${rows} is left to train on`, {
      expected: 'smaller fractions',
    });
  }
  for (const name of ['validation', 'test'] as const) {
    if (data.split[name] === 0 || split[name].length > 0) continue;
    throw invalidData(`/data/split/${name}`, `${data.split[name]} of ${rows} rows is not one row`, {
      expected: `at least ${1 / rows}, or 0`,
      received: String(data.split[name]),
    });
  }
  return split;
}

function emptyTensor(plan: TensorPlan, split: RowSplit): Tensor {
  const { name, width } = plan;
  const splits = Object.fromEntries(
    SPLIT_NAMES.map((each) => [each, { name, width, values: new Float32Array(split[each].length * width) }]),
  ) as Record<SplitName, EncodedTensor>;
  return { plan, splits, fitted: [] };
}

function weightPlan(columns: readonly ColumnProfile[], name: string): TensorPlan {
  const pointer = '/fit/sample_weight';
  const group: ColumnGroup = {
    columns: [name],
    encoding: 'numeric',
    standardize: false,
    scale: 1,
    offset: 0,
  };
  const profile = findColumn(columns, name, pointer);
  return { name: null, width: 1, places: [{ profile, group, pointer, at: 0, width: 1 }] };
}

async function fill(
  dataset: StoredDataset,
  tensors: readonly Tensor[],
  split: RowSplit,
  rows: number,
): Promise<void> {
  const columns = [...new Set(tensors.flatMap(({ plan }) => plan.places.map(({ profile }) => profile)))];
  const batch = Math.max(1, Math.floor(BATCH_BYTES / (rows * Float64Array.BYTES_PER_ELEMENT)));
  for (let start = 0; start < columns.length; start += batch) {
    const profiles = columns.slice(start, start + batch);
    const stored = await dataset.read(profiles);
    for (const tensor of tensors) {
      for (const [index, place] of tensor.plan.places.entries()) {
        const values = stored[profiles.indexOf(place.profile)];
        if (values) tensor.fitted[index] = await encodeColumn(dataset, tensor, place, values, split);
      }
    }
  }
}

/** Fits one column and writes it into the tensor of each split. */
async function encodeColumn(
  dataset: StoredDataset,
  { splits }: Tensor,
  place: ColumnPlace,
  stored: StoredValues,
  split: RowSplit,
): Promise<FittedColumn> {
  const { fitted, values } = await fitColumn(place, stored, split.train, dataset);
  const write = columnWriter(fitted);
  for (const name of SPLIT_NAMES) {
    const { values: target, width } = splits[name];
    const rows = split[name];
    for (let row = 0; row < rows.length; row += 1) write(values[rows[row]!]!, target, row * width + place.at);
  }
  return fitted;
}
