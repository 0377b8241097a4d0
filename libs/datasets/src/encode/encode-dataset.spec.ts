import { createReadStream } from 'node:fs';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Data, type DataInput, dataSchema } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IngestedDataset, ingestCsv } from '../ingest/ingest-csv.js';
import { encodeDataset, type EncodedDataset } from './encode-dataset.js';
import { splitRows } from './split-rows.js';

const SAMPLES = fileURLToPath(new URL('../../../../samples/', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-encode-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ingest = (source: Readable) => ingestCsv({ source, workDirectory: folder, memoryLimit: '512MB' });

const encode = (dataset: IngestedDataset, data: DataInput, sampleWeight?: string): Promise<EncodedDataset> =>
  encodeDataset({
    parquetPath: dataset.parquetPath,
    rows: dataset.rows,
    columns: dataset.columns,
    data: dataSchema.parse(data),
    ...(sampleWeight === undefined ? {} : { sampleWeight }),
  });

const ofText = async (csv: string) => ingest(Readable.from([csv]));
const rowsOf = ({ values, width }: { values: Float32Array; width: number }): number[][] =>
  Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);

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
    const script = `
import csv, json, math, statistics, sys
rows = list(csv.DictReader(open(sys.argv[1])))
train, test = (json.loads(argument) for argument in sys.argv[2:])
names = ["longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households", "median_income"]
categories = sorted({row["ocean_proximity"] for row in rows})
encoded = [[] for _ in test]
for name in names:
    column = [float(row[name]) if row[name] else None for row in rows]
    fill = statistics.median([column[index] for index in train if column[index] is not None])
    column = [fill if value is None else value for value in column]
    training = [column[index] for index in train]
    centre = math.fsum(training) / len(training)
    deviation = math.sqrt(math.fsum((value - centre) ** 2 for value in training) / len(training))
    for output, index in zip(encoded, test):
        output.append((column[index] - centre) / deviation)
for output, index in zip(encoded, test):
    output.extend(1.0 if rows[index]["ocean_proximity"] == category else 0.0 for category in categories)
print(json.dumps({"x": encoded, "y": [float(rows[index]["median_house_value"]) / 1e5 for index in test]}))`;
    const rows = (indexes: Uint32Array) => JSON.stringify([...indexes]);
    const some = test.slice(0, 500);
    const { stdout } = await promisify(execFile)(
      'python3',
      ['-c', script, path.join(SAMPLES, 'california_housing.csv'), rows(train), rows(some)],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    const expected = JSON.parse(stdout) as { x: number[][]; y: number[] };
    const [x] = encoded.test.x;
    const [y] = encoded.test.y;
    expect(x).toMatchObject({ name: null, width: 13 });
    const differences = rowsOf(x!)
      .slice(0, some.length)
      .flatMap((row, index) => row.map((value, column) => Math.abs(value - expected.x[index]![column]!)));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    for (const [index, value] of expected.y.entries()) expect(y!.values[index]).toBeCloseTo(value, 5);
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

  it('only centres a column that is constant', async () => {
    const dataset = await ofText('a,b\n5,1\n5,2\n');
    const encoded = await encode(dataset, { x: { columns: ['a'], standardize: true }, y: 'b' });
    expect(rowsOf(encoded.train.x[0]!)).toEqual([[0], [0]]);
  });
});
