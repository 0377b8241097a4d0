import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ColumnProfile } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSession } from '../duckdb/session.js';
import type { InvalidDatasetError } from '../invalid-dataset-error.js';
import { withFileLimit } from '../file-limit.fixture.js';
import { runPython } from '../python.fixture.js';
import { type IngestedDataset, ingestCsv } from './ingest-csv.js';

const HOUSING = fileURLToPath(new URL('../../../../samples/california_housing.csv', import.meta.url));

let workDirectory: string;
beforeAll(async () => {
  workDirectory = await mkdtemp(path.join(tmpdir(), 'epochal-ingest-'));
});
afterAll(() => rm(workDirectory, { recursive: true }));

const ingest = (text: string | Buffer): Promise<IngestedDataset> =>
  ingestCsv({ source: Readable.from([Buffer.from(text)]), workDirectory, memoryLimit: '256MB' });

async function problemsOf(text: string | Buffer): Promise<InvalidDatasetError['problems']> {
  const error = await ingest(text).then(
    () => new Error('nothing was thrown'),
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({ name: 'InvalidDatasetError' });
  return (error as InvalidDatasetError).problems;
}

async function rowsOf({ parquetPath }: IngestedDataset): Promise<unknown[][]> {
  return withSession({ memoryLimit: '256MB', threads: 2, directory: workDirectory }, async (session) =>
    (await session.rows(`FROM '${parquetPath}'`)).map((row) => Object.values(row)),
  );
}

const typesOf = ({ columns }: IngestedDataset): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]));

describe('the housing data', () => {
  let housing: IngestedDataset;
  beforeAll(async () => {
    housing = await ingestCsv({ source: createReadStream(HOUSING), workDirectory, memoryLimit: '256MB' });
  });

  it('is described as numpy describes it', async () => {
    const described = await runPython<Record<string, Partial<ColumnProfile>>>(
      `
import csv, json, sys
import numpy as np
rows = list(csv.DictReader(open(sys.argv[1])))
result = {}
for name in rows[0]:
    texts = [row[name] for row in rows]
    if name == 'ocean_proximity':
        values, counts = np.unique(texts, return_counts=True)
        order = sorted(zip(-counts, values))
        result[name] = {'categories': [{'value': str(value), 'count': int(-count)} for count, value in order]}
        continue
    x = np.array([float(text) for text in texts if text != ''])
    result[name] = {'missing': texts.count(''), 'distinct': len(np.unique(x)), 'min': x.min(), 'max': x.max(),
                    'mean': x.mean(), 'standard_deviation': x.std(ddof=1), 'median': float(np.median(x))}
print(json.dumps(result))`,
      [HOUSING],
    );
    expect(housing.rows).toBe(20_640);
    expect(Object.keys(described)).toEqual(housing.columns.map(({ name }) => name));
    const close = (value: unknown): unknown =>
      typeof value === 'number' ? Number(value.toPrecision(10)) : value;
    for (const column of housing.columns) {
      const keys = Object.keys(described[column.name]!) as (keyof ColumnProfile)[];
      const found = keys.map((key) => [key, close(column[key])]);
      expect(found).toEqual(keys.map((key) => [key, close(described[column.name]![key])]));
    }
  });

  it('keeps the size and digest of the file', async () => {
    const bytes = await readFile(HOUSING);
    expect(housing.sizeBytes).toBe(bytes.length);
    expect(housing.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('keeps every row, in the order of the file', async () => {
    const lines = (await readFile(HOUSING, 'utf8')).trim().split('\n').slice(1);
    const rows = await rowsOf(housing);
    expect(rows).toHaveLength(lines.length);
    const expected = lines.map((line) =>
      line.split(',').map((field, index) => (index === 9 ? field : field === '' ? null : Number(field))),
    );
    expect(rows).toEqual(expected);
  });

  it('is described the same every time', async () => {
    const again = await ingestCsv({
      source: createReadStream(HOUSING),
      workDirectory,
      memoryLimit: '256MB',
      threads: 1,
    });
    expect(again.columns).toEqual(housing.columns);
    expect(await rowsOf(again)).toEqual(await rowsOf(housing));
  });
});

describe('what is read', () => {
  it.each([
    ['commas', 'a,b\n1,x\n2,y\n'],
    ['semicolons', 'a;b\n1;x\n2;y\n'],
    ['tabs', 'a\tb\n1\tx\n2\ty\n'],
    ['no newline at the end', 'a,b\n1,x\n2,y'],
    ['Windows line ends', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['old Macintosh line ends', 'a,b\r1,x\r2,y\r'],
    ['mixed line ends', 'a,b\r\n1,x\n2,y\r\n'],
    ['a byte order mark', '\ufeffa,b\n1,x\n2,y\n'],
    ['quotes', '"a","b"\n"1","x"\n2,"y"\n'],
    ['blank lines', '\na,b\n1,x\n\n2,y\n\n'],
    ['spaces around names', ' a , b\n1,x\n2,y\n'],
  ])('%s', async (_, text) => {
    const dataset = await ingest(text);
    expect(dataset.rows).toBe(2);
    expect(typesOf(dataset)).toEqual({ a: 'integer', b: 'string' });
    expect(await rowsOf(dataset)).toEqual([
      [1n, 'x'],
      [2n, 'y'],
    ]);
  });

  it('quoted delimiters, newlines and quotes, and other delimiters inside of fields', async () => {
    const dataset = await ingest('text;"n;1"\n"a;b";1\n"c\nd";2\n"say ""hi""";3\n"";4\nx,y;5\n');
    expect(await rowsOf(dataset)).toEqual([
      ['a;b', 1n],
      ['c\nd', 2n],
      ['say "hi"', 3n],
      [null, 4n],
      ['x,y', 5n],
    ]);
    expect(typesOf(dataset)).toEqual({ text: 'string', 'n;1': 'integer' });
  });

  it('numbers as pandas reads them, with its words for missing ones', async () => {
    const dataset = await ingest(
      'n,i\n1.5,1\n,NA\nNA,\nNaN,2\nnull,+3\n-2e3,-4\n .5 , 5 \n#N/A,<NA>\ninf,6\n',
    );
    expect(typesOf(dataset)).toEqual({ n: 'number', i: 'integer' });
    expect((await rowsOf(dataset)).map(([n]) => n)).toEqual([
      1.5,
      null,
      null,
      null,
      null,
      -2000,
      0.5,
      null,
      Infinity,
    ]);
    const [number, integer] = dataset.columns;
    expect(number).toMatchObject({ missing: 5, min: -2000, max: 1.5, median: 0.5 });
    expect(integer).toMatchObject({ missing: 3, min: -4, max: 6, median: 2.5 });
  });

  it('whole numbers with a decimal point as numbers, and underscores as text', async () => {
    expect(typesOf(await ingest('a,b,c,d\n1,1.0,1_000,1e3\n2,2.0,2_000,2\n'))).toEqual({
      a: 'integer',
      b: 'number',
      c: 'string',
      d: 'number',
    });
  });

  it('a column of numbers with one text in it, even in the last row, as text', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => `${index},${index}`).join('\n');
    const dataset = await ingest(`a,b\n${rows}\nunknown,1\n`);
    expect(typesOf(dataset)).toEqual({ a: 'string', b: 'integer' });
    expect(dataset.columns[0]).toMatchObject({ distinct: 30_001, missing: 0, mean: null });
    expect(dataset.columns[0]?.categories).toHaveLength(100);
  });

  it('truth values, and a column without any value as missing numbers', async () => {
    const dataset = await ingest('a,b\ntrue,\nFalse,NA\n,\nTRUE,\n');
    expect(typesOf(dataset)).toEqual({ a: 'boolean', b: 'number' });
    expect((await rowsOf(dataset)).map(([a]) => a)).toEqual([true, false, null, true]);
    expect(dataset.columns[0]).toMatchObject({ missing: 1, distinct: 2, mean: 2 / 3, categories: null });
    expect(dataset.columns[1]).toMatchObject({
      missing: 4,
      distinct: 0,
      mean: null,
      standard_deviation: null,
    });
  });

  it('dates and times as timestamps in UTC', async () => {
    const dataset = await ingest(
      'day,time\n2020-01-01,2020-01-01T02:00:00+02:00\n2020-01-03,2020-01-01 00:00:01.5Z\n',
    );
    expect(typesOf(dataset)).toEqual({ day: 'timestamp', time: 'timestamp' });
    const start = Date.UTC(2020, 0, 1) / 1000;
    expect(dataset.columns[0]).toMatchObject({ min: start, max: start + 2 * 86_400 });
    expect(dataset.columns[1]).toMatchObject({ min: start, max: start + 1.5 });
  });

  it('names of any kind, also such as differ in case only', async () => {
    const dataset = await ingest('a,A,"it\'s ""x""",ü 🙂,select\n1,2,3,4,5\n');
    expect(dataset.columns.map(({ name }) => name)).toEqual(['a', 'A', 'it\'s "x"', 'ü 🙂', 'select']);
    expect(dataset.columns.map(({ mean }) => mean)).toEqual([1, 2, 3, 4, 5]);
  });

  it('a thousand columns', async () => {
    const line = (row: number): string => Array.from({ length: 1_000 }, (_, index) => index * row).join(',');
    const header = Array.from({ length: 1_000 }, (_, index) => `p${index}`).join(',');
    const dataset = await ingest(
      [header, ...Array.from({ length: 3_000 }, (_, row) => line(row))].join('\n'),
    );
    expect(dataset.rows).toBe(3_000);
    expect(dataset.columns[999]).toMatchObject({ name: 'p999', max: 999 * 2_999, distinct: 3_000 });
  });
});

describe('what is refused', () => {
  it('rows of another length, by their lines in the file', async () => {
    expect(await problemsOf('a,b,c\n1,"x\ny",3\n\n4,5\n6,7,8\n9,10,11,12\n')).toEqual([
      {
        pointer: '',
        line: 5,
        message: 'line 5: expected 3 columns, found 2',
        expected: '3 columns: a, b, c',
        received: '2 columns: 4,5',
      },
      {
        pointer: '',
        line: 7,
        message: 'line 7: expected 3 columns, found 4',
        expected: '3 columns: a, b, c',
        received: '4 columns: 9,10,11,12',
      },
    ]);
  });

  it('only the first few of many wrong rows', async () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => (index % 100 === 50 ? '1' : '1,2'));
    const problems = await problemsOf(['a,b', ...rows].join('\n'));
    expect(problems.map(({ line }) => line)).toEqual([52, 152, 252, 352, 452]);
  });

  it.each([
    ['an empty file', '', /empty/, undefined],
    ['only blank lines', '\n \n', /empty/, undefined],
    ['a header alone', 'a,b\n', /no rows/, undefined],
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', /^line 3: a quote/, 3],
    ['a quote that is never closed in the header', 'a,"b\n1,2\n', /^line 1: a quote/, 1],
    ['text after a closing quote', 'a,b\n"x"y,2\n', /^line 2: a quote/, 2],
    ['numbers for a header', '1,2.5\n3,4\n', /^line 1: the names of the columns are missing/, 1],
    ['a column without a name', ',a,b\n0,1,2\n', /^line 1: column 1 has no name; .*index=False/, 1],
    ['the same name twice', 'a,b,a\n1,2,3\n', /^line 1: columns 1 and 3 are both named "a"/, 1],
    ['another delimiter', 'a|b|c\n1|2|3\n', /only one column .* separated by "\|"/, 1],
    ['one column', 'a\n1\n2\n', /only one column/, 1],
    ['a row without end', `a,b\n1,${'x'.repeat(3_000_000)}\n`, /^line 2: the row is longer/, 2],
  ])('%s', async (_, text, message, line) => {
    const problems = await problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.line).toBe(line);
    expect(problems[0]?.expected).toBeDefined();
  });

  it('every wrong name at once', async () => {
    expect(await problemsOf('a,,a,\n1,2,3,4\n')).toHaveLength(3);
  });
});

describe('the work directory', () => {
  it('holds nothing of what failed, whether the file was wrong or the upload broke off', async () => {
    const before = await readdir(workDirectory);
    await problemsOf('a,b\n1\n');
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('a,b\n1,2\n');
        throw new Error('the client left');
      })(),
    );
    await expect(ingestCsv({ source: broken, workDirectory, memoryLimit: '256MB' })).rejects.toThrow(
      'the client left',
    );
    expect(await readdir(workDirectory)).toEqual(before);
  });

  it('is left when the signal says so', async () => {
    const before = await readdir(workDirectory);
    const controller = new AbortController();
    const endless = Readable.from(
      (async function* () {
        yield Buffer.from('a,b\n');
        for (let rows = 0; ; rows += 1) {
          if (rows === 100) controller.abort(new Error('cancelled'));
          yield Buffer.from('1,2\n'.repeat(1_000));
        }
      })(),
    );
    const { signal } = controller;
    await expect(ingestCsv({ source: endless, workDirectory, memoryLimit: '256MB', signal })).rejects.toThrow(
      'cancelled',
    );
    expect(await readdir(workDirectory)).toEqual(before);
  });

  it('is left when the disk is full', async () => {
    const before = await readdir(workDirectory);
    const source = Readable.from([Buffer.from(`a,b\n${'1,2\n'.repeat(1_000_000)}`)]);
    const ingesting = withFileLimit(1_000_000, () =>
      ingestCsv({ source, workDirectory, memoryLimit: '256MB' }),
    );
    await expect(ingesting).rejects.toMatchObject({ code: 'EFBIG' });
    expect(await readdir(workDirectory)).toEqual(before);
  });
});
