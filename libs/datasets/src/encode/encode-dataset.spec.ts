import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Data, type DataInput, dataSchema } from '@epochal/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { IngestedDataset } from '../ingest/ingest-csv.js';
import { runPython } from '../python.fixture.js';
import { encode, ingest, ofText } from './encoding.fixture.js';
import { splitRows } from './split-rows.js';

const SAMPLES = fileURLToPath(new URL('../../../../samples/', import.meta.url));

const rowsOf = ({ values, width }: { values: Float32Array; width: number }): number[][] =>
  Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);

/** Relative to the expected values where they are greater than 1: that is how exact a float32 is. */
const greatestDifference = (found: Float32Array, expected: readonly number[]): number =>
  expected.reduce((greatest, value, index) => {
    const difference = Math.abs(found[index]! - value) / Math.max(1, Math.abs(value));
    return Math.max(greatest, difference);
  }, 0);

describe('the housing data of the quick start', () => {
  let dataset: IngestedDataset;
  let data: Data;
  beforeAll(async () => {
    dataset = await ingest(createReadStream(path.join(SAMPLES, 'california_housing.csv')));
    data = dataSchema.parse(JSON.parse(await readFile(path.join(SAMPLES, 'housing_job.json'), 'utf8')).data);
  });

  it('is encoded as an independent program encodes it', async () => {
    const encoded = await encode(dataset, data);
    const { train, test } = splitRows(dataset.rows, data.split);
    const expected = await runPython<{ x: number[][]; y: number[] }>(
      `
import csv, json, sys
import numpy as np
rows = list(csv.DictReader(open(sys.argv[1])))
train, test = (np.array(json.loads(argument)) for argument in sys.argv[2:])
names = ["longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households", "median_income"]
numbers = np.array([[float(row[name] or "nan") for name in names] for row in rows])
median = np.nanmedian(numbers[train], axis=0)
numbers = np.where(np.isnan(numbers), median, numbers)
standardized = (numbers - numbers[train].mean(axis=0)) / numbers[train].std(axis=0)
categories, places = np.unique([row["ocean_proximity"] for row in rows], return_inverse=True)
x = np.concatenate([standardized, np.eye(len(categories))[places]], axis=1)
y = np.array([float(row["median_house_value"]) for row in rows]) / 1e5
print(json.dumps({"x": x[test].tolist(), "y": y[test].tolist()}))`,
      [path.join(SAMPLES, 'california_housing.csv'), JSON.stringify([...train]), JSON.stringify([...test])],
    );
    const [x] = encoded.test.x;
    const [y] = encoded.test.y;
    expect(x).toMatchObject({ name: null, width: 13 });
    expect(x!.values).toHaveLength(expected.x.length * 13);
    expect(greatestDifference(x!.values, expected.x.flat())).toBeLessThan(1e-6);
    expect(greatestDifference(y!.values, expected.y)).toBeLessThan(1e-6);
  });

  it('is the same bit for bit each time, and standardised over the training rows', async () => {
    const [first, second] = await Promise.all([encode(dataset, data), encode(dataset, data)]);
    expect(second).toEqual(first);
    const matrix = rowsOf(first.train.x[0]!);
    const longitude = matrix.map((row) => row[0]!);
    const mean = longitude.reduce((sum, value) => sum + value, 0) / longitude.length;
    expect(Math.abs(mean)).toBeLessThan(1e-5);
    expect(Math.hypot(...longitude) / Math.sqrt(longitude.length)).toBeCloseTo(1, 5);
    expect(first.preprocessing.x[0]!.columns.at(-1)).toMatchObject({
      encoding: 'one_hot',
      categories: ['<1H OCEAN', 'INLAND', 'ISLAND', 'NEAR BAY', 'NEAR OCEAN'],
    });
  });
});

describe('encoding', () => {
  const CSV = 'size,city,class,weight\n1,Oslo,b,1\n3,Bergen,a,2\n,Oslo,b,3\n8,,c,4\n';

  it('imputes, encodes by category and scales, by name of input and output', async () => {
    const encoded = await encode(
      await ofText(CSV),
      {
        x: {
          numbers: [{ columns: ['size'], impute: 'median', scale: 2, offset: 1 }],
          places: { columns: ['city'], impute: { constant: 'unknown' } },
        },
        y: { columns: ['class'], encoding: 'int' },
      },
      'weight',
    );
    const [numbers, places] = encoded.train.x;
    expect(numbers).toMatchObject({ name: 'numbers', width: 1 });
    expect(rowsOf(numbers!)).toEqual([[3], [7], [7], [17]]);
    expect(rowsOf(places!)).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(rowsOf(encoded.train.y[0]!)).toEqual([[1], [0], [1], [2]]);
    expect(encoded.train.sampleWeight).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it.each<[string, DataInput, string, RegExp]>([
    ['a column that does not exist', { x: 'siz', y: 'class' }, '/data/x/0/columns/0', /no column "siz"/],
    [
      'missing values',
      { x: 'size', y: { columns: ['class'], encoding: 'int' } },
      '/data/x/0/columns/0',
      /"size" has 1 missing values \(row 3\)/,
    ],
    [
      'text in a numeric column',
      { x: { columns: ['size'], impute: 'mean' }, y: { columns: ['class'], encoding: 'numeric' } },
      '/data/y/0/columns/0',
      /"class" has text where numbers are needed: "b" in row 1, "a" in row 2, "b" in row 3 and 1 more/,
    ],
    [
      'a median of text',
      { x: { columns: ['city'], impute: 'median' }, y: { columns: ['class'], encoding: 'int' } },
      '/data/x/0/columns/0',
      /"city" holds text, which has no median/,
    ],
  ])('refuses %s, naming it', async (_, data, pointer, message) => {
    const error = await encode(await ofText(CSV), data).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'InvalidDataError', problems: [{ pointer }] });
    expect((error as Error).message).toMatch(message);
  });

  const refusal = async (csv: string, data: DataInput, sampleWeight?: string): Promise<unknown> =>
    encode(await ofText(csv), data, sampleWeight).catch((thrown: unknown) => thrown);

  it('refuses infinite values, of inputs and of weights', async () => {
    const csv = 'a,b\n1,2\n-inf,3\n4,inf\n';
    expect(await refusal(csv, { x: 'a', y: { columns: ['b'], encoding: 'int' } })).toMatchObject({
      message: 'column "a" has 1 infinite values (row 2)',
    });
    expect(await refusal('a,b,w\n1,2,inf\n', { x: 'a', y: 'b' }, 'w')).toMatchObject({
      problems: [{ pointer: '/fit/sample_weight' }],
    });
  });

  it('refuses a split that would have no row', async () => {
    const data = { x: 'a', y: 'b', split: { validation: 0.1 } };
    expect(await refusal('a,b\n1,2\n3,4\n5,6\n', data)).toMatchObject({
      message: '0.1 of 3 rows is not one row',
      problems: [{ pointer: '/data/split/validation' }],
    });
  });

  it('encodes numbers and truth values by category, in their order', async () => {
    const dataset = await ofText('grade,ok,b\n10,true,1\n9,,2\n10,false,3\n11,true,4\n,true,5\n');
    const group = { impute: 'most_frequent' as const, encoding: 'one_hot' as const };
    const encoded = await encode(dataset, {
      x: [
        { columns: ['grade', 'ok'], ...group },
        { columns: ['grade'], ...group, encoding: 'int' },
      ],
      y: 'b',
    });
    expect(rowsOf(encoded.train.x[0]!)).toEqual([
      [0, 1, 0, 0, 1, 1],
      [1, 0, 0, 0, 1, 0],
      [0, 1, 0, 1, 0, 1],
      [0, 0, 1, 0, 1, 2],
      [0, 1, 0, 0, 1, 1],
    ]);
  });

  it('takes timestamps as seconds since 1970', async () => {
    const dataset = await ofText('at,b\n1970-01-01T00:01:00Z,1\n1970-01-02,2\n');
    expect(rowsOf((await encode(dataset, { x: 'at', y: 'b' })).train.x[0]!)).toEqual([[60], [86_400]]);
  });

  it('tells columns apart whose names differ in case only', async () => {
    const encoded = await encode(await ofText('a,A,b\n1,2,3\n4,5,6\n'), { x: ['A', 'a'], y: 'b' });
    expect(rowsOf(encoded.train.x[0]!)).toEqual([
      [2, 1],
      [5, 4],
    ]);
  });

  it('sorts categories by code point, as Python does', async () => {
    const texts = ['b', 'a', 'Z', 'é', '\uffee', '\u{1f642}', 'a b', '1'];
    const dataset = await ofText(`t,b\n${texts.map((text) => `${text},1`).join('\n')}\n`);
    const { preprocessing } = await encode(dataset, { x: 't', y: 'b' });
    const sorted = await runPython('import json, sys; print(json.dumps(sorted(sys.argv[1:])))', texts);
    expect(preprocessing.x[0]!.columns[0]!.categories).toEqual(sorted);
  });

  it('only centres a column that is constant', async () => {
    const dataset = await ofText('a,b\n5,1\n5,2\n');
    const encoded = await encode(dataset, { x: { columns: ['a'], standardize: true }, y: 'b' });
    expect(rowsOf(encoded.train.x[0]!)).toEqual([[0], [0]]);
  });
});
