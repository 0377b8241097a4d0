import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SafetensorsFile } from './safetensors-file.js';
import { SafetensorsError, type ElementType } from './tensor-types.js';
import { writeSafetensors, type TensorToWrite } from './write-safetensors.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'safetensors-'));
  file = path.join(folder, 'state.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

const floats = (name: string, values: number[], shape = [values.length]): TensorToWrite => ({
  name,
  dtype: 'float32',
  shape,
  read: () => Float32Array.from(values),
});

it('gives back every tensor and text that was written, bit for bit', async () => {
  const tensor = fc.record({
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    dtype: fc.constantFrom<ElementType>('float32', 'int32'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__'),
        tensor,
        { maxKeys: 6 },
      ),
      fc.dictionary(fc.string(), fc.string()),
      async (tensors, metadata) => {
        const written = Object.entries(tensors).map(([name, { dtype, shape }], seed): TensorToWrite => {
          const count = shape.reduce((total, length) => total * length, 1);
          const numbers = Array.from({ length: count }, (_, index) => (seed * 31 + index * 7) % 251);
          const data = {
            float32: () => Float32Array.from(numbers, (value) => value / 3),
            int32: () => Int32Array.from(numbers, (value) => -value),
          };
          return { name, dtype, shape, read: data[dtype] };
        });
        const { sha256, bytes } = await writeSafetensors(file, written, metadata);
        const opened = await SafetensorsFile.open(file);
        expect(opened.metadata).toEqual(metadata);
        expect([...opened.tensors.keys()].toSorted()).toEqual(Object.keys(tensors).toSorted());
        for (const { name, dtype, shape, read } of written) {
          expect(opened.tensors.get(name)).toMatchObject({ dtype, shape });
          expect(await opened.read(name)).toEqual(await read());
        }
        expect(await opened.digest()).toBe(sha256);
        await opened.close();
        const content = await readFile(file);
        expect(content.length).toBe(bytes);
        expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      },
    ),
    { numRuns: 50 },
  );
});

it('has no name that is special', async () => {
  const metadata = Object.fromEntries([['__proto__', 'text']]);
  await writeSafetensors(file, [floats('__proto__', [1]), floats('constructor', [2])], metadata);
  const opened = await SafetensorsFile.open(file);
  expect(Object.entries(opened.metadata)).toEqual([['__proto__', 'text']]);
  expect(await opened.read('__proto__')).toEqual(Float32Array.of(1));
  expect(await opened.read('constructor')).toEqual(Float32Array.of(2));
  await opened.close();
});

it('is read by its layout: length, JSON header padded to eight bytes, little-endian data', async () => {
  await writeSafetensors(file, [floats('a/kernel', [1, 2], [2, 1])], { format: 'epochal' });
  const content = await readFile(file);
  const length = Number(content.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  expect(JSON.parse(content.toString('utf8', 8, 8 + length))).toEqual({
    __metadata__: { format: 'epochal' },
    'a/kernel': { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
  });
  expect(content.readFloatLE(8 + length + 4)).toBe(2);
});

it('reads a part of a tensor without the rest', async () => {
  await writeSafetensors(file, [floats('a', [0, 1]), floats('b', [2, 3, 4, 5], [2, 2])]);
  const opened = await SafetensorsFile.open(file);
  expect(await opened.read('b', { start: 1, count: 2 })).toEqual(Float32Array.of(3, 4));
  await expect(opened.read('b', { start: 3, count: 2 })).rejects.toThrow(SafetensorsError);
  await expect(opened.read('c')).rejects.toThrow('There is no tensor c');
  await opened.close();
});

it('takes a tensor in parts, and asks for each tensor only when its turn comes', async () => {
  const asked: string[] = [];
  const parts: TensorToWrite = {
    ...floats('parts', [], [3]),
    *read() {
      asked.push('parts');
      yield Float32Array.of(1);
      yield Float32Array.of(2, 3);
    },
  };
  const late: TensorToWrite = {
    ...floats('late', [4]),
    read: () => (asked.push('late'), Float32Array.of(4)),
  };
  await writeSafetensors(file, [parts, late]);
  expect(asked).toEqual(['parts', 'late']);
  const opened = await SafetensorsFile.open(file);
  expect(await opened.read('parts')).toEqual(Float32Array.of(1, 2, 3));
  await opened.close();
});

it('leaves nothing behind, and the old file as it was, when writing fails', async () => {
  await writeSafetensors(file, [floats('a', [1])]);
  const before = await readFile(file);
  const full: TensorToWrite = {
    ...floats('b', [1]),
    read: () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })),
  };
  await expect(writeSafetensors(file, [floats('a', [2]), full])).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await readdir(folder)).toEqual([path.basename(file)]);
  expect(await readFile(file)).toEqual(before);
});

it('refuses data that does not fit its shape, and names that stand twice', async () => {
  await expect(writeSafetensors(file, [floats('a', [1, 2], [3])])).rejects.toThrow('8 bytes of data, not 12');
  await expect(writeSafetensors(file, [floats('a', [1]), floats('a', [1])])).rejects.toThrow('Two tensors');
  const whole: TensorToWrite = { ...floats('a', [1]), dtype: 'int32' };
  await expect(writeSafetensors(file, [whole])).rejects.toThrow('not int32');
  expect(await readdir(folder)).toEqual([]);
});

it('says that a file is cut off or is something else', async () => {
  await writeSafetensors(file, [floats('a', [1, 2, 3])]);
  const { length } = await readFile(file);
  await truncate(file, length - 1);
  await expect(SafetensorsFile.open(file)).rejects.toThrow('it is cut off or damaged');
  await truncate(file, 20);
  await expect(SafetensorsFile.open(file)).rejects.toThrow('does not end within the file');
  await writeFile(file, 'PK');
  await expect(SafetensorsFile.open(file)).rejects.toThrow('only 2 bytes');
  await writeFile(file, Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('no')]));
  await expect(SafetensorsFile.open(file)).rejects.toThrow('not JSON');
});
