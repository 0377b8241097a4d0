import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SafetensorsFile } from '../safetensors/safetensors-file.js';
import { readSplitAttribute } from './hdf5-contents.js';
import { copyHdf5, inspectHdf5, type DatasetToCopy } from './read-hdf5.js';
import { splitAttribute } from './split-attribute.js';
import { writeHdf5 } from './write-hdf5.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hdf5-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

it('gives back groups, attributes and numbers, those of large tensors too, which are cut into slices', async () => {
  // More than 4 Mi elements each: along the first axis, along a later one, and along none but the last.
  const shapes = { scalar: [], empty: [0, 3], small: [2, 3], rows: [5, 1000, 1001], row: [3, 1, 1_500_000] };
  const numbers = Float32Array.from({ length: 5 * 1000 * 1001 }, (_, index) => index % 1_000_003);
  const source = path.join(folder, 'numbers');
  await writeFile(source, new Uint8Array(numbers.buffer));
  const file = path.join(folder, 'all.h5');
  const long = 'x'.repeat(300_000);
  await writeHdf5(
    {
      groups: [
        { path: '', attributes: { long } },
        { path: 'a/b', attributes: { names: ['kernel', 'bås'], none: [] } },
      ],
      datasets: [
        ...Object.entries(shapes).map(([name, shape]) => ({
          path: `a/b/${name}`,
          shape,
          dtype: 'float32' as const,
          source: { file: source, offset: 0, dtype: 'float32' as const },
        })),
        { path: 'count', shape: [], dtype: 'int64', source: { fill: 7 } },
      ],
    },
    file,
  );
  const contents = await inspectHdf5(file);
  expect(contents.groups).toEqual({ '': { long }, a: {}, 'a/b': { names: ['kernel', 'bås'], none: [] } });
  expect(contents.datasets).toEqual({
    ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`a/b/${name}`, shape])),
    count: [],
  });

  const copied = path.join(folder, 'copied.safetensors');
  const datasets = Object.entries(shapes).map(([name, shape]): DatasetToCopy => ({
    name,
    shape,
    dtype: 'float32',
    path: `a/b/${name}`,
  }));
  await copyHdf5(
    file,
    copied,
    [...datasets, { name: 'count', shape: [], dtype: 'int32', path: 'count' }],
    {},
  );
  const opened = await SafetensorsFile.open(copied);
  for (const { name, shape } of datasets) {
    const read = Buffer.from((await opened.read(name)).buffer);
    const wanted = Buffer.from(numbers.buffer, 0, sizeOf(shape) * 4);
    expect(read.equals(wanted)).toBe(true);
  }
  expect(await opened.read('count')).toEqual(Int32Array.of(7));
  await opened.close();
  expect((await readdir(folder)).toSorted()).toEqual(['all.h5', 'copied.safetensors', 'numbers']);
});

it('leaves nothing behind when a file cannot be written or read', async () => {
  const gone = { file: path.join(folder, 'gone'), offset: 0, dtype: 'float32' } as const;
  const datasets = [{ path: 'a', shape: [2], dtype: 'float32', source: gone } as const];
  await expect(writeHdf5({ groups: [], datasets }, path.join(folder, 'all.h5'))).rejects.toMatchObject({
    code: 'ENOENT',
  });
  await expect(copyHdf5(gone.file, path.join(folder, 'copied'), [], {})).rejects.toThrow('cannot be opened');
  expect(await readdir(folder)).toEqual([]);
});

it('splits long lists of names as Keras does, and reads them together again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 40 })),
      fc.integer({ min: 1, max: 3000 }),
      (names, repeat) => {
        const list = Array.from({ length: repeat }, () => names).flat();
        const attributes = splitAttribute('layer_names', list);
        for (const part of Object.values(attributes)) {
          const width = Math.max(1, ...part.map((name) => Buffer.byteLength(name)));
          expect(part.length * width).toBeLessThanOrEqual(64_512);
        }
        expect(readSplitAttribute(attributes, 'layer_names')).toEqual(list);
      },
    ),
    { numRuns: 30 },
  );
});
