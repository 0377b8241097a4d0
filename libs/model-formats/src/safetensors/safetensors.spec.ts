import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SafetensorsError } from './header.js';
import { SafetensorsFile } from './safetensors-file.js';
import { type TensorToWrite, writeSafetensors } from './write-safetensors.js';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-safetensors-'));
  file = path.join(folder, 'state.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

const float32 = (name: string, shape: number[], values: Float32Array): TensorToWrite => ({
  name,
  dtype: 'float32',
  shape,
  read: () => values,
});

describe('a safetensors file', () => {
  it('gives back every tensor bit for bit, and the metadata', async () => {
    // JSON has keys of its own, which begin so.
    const name = fc.string({ minLength: 1 }).filter((text) => !text.startsWith('__'));
    const tensor = fc.tuple(name, fc.float32Array({ maxLength: 50 }));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(tensor, { selector: ([name]) => name }),
        fc.dictionary(name, fc.string()),
        async (tensors, metadata) => {
          await writeSafetensors(
            file,
            tensors.map(([name, values]) => float32(name, [values.length], values)),
            metadata,
          );
          const read = await SafetensorsFile.open(file);
          expect(read.metadata).toEqual({ ...metadata });
          expect(new Set(read.tensors.keys())).toEqual(new Set(tensors.map(([name]) => name)));
          for (const [name, values] of tensors) {
            const back = await read.read(name);
            expect(Buffer.from(back.buffer, back.byteOffset, back.byteLength)).toEqual(
              Buffer.from(values.buffer, values.byteOffset, values.byteLength),
            );
          }
          await read.close();
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reads some elements of a tensor without the others', async () => {
    const counters = {
      name: 'counters',
      dtype: 'int32',
      shape: [2, 3],
      read: () => Int32Array.of(1, 2, 3, 4, 5, 6),
    } as const;
    await writeSafetensors(file, [float32('first', [1], Float32Array.of(0.5)), counters]);
    const read = await SafetensorsFile.open(file);
    expect(read.tensors.get('counters')).toEqual({ name: 'counters', dtype: 'int32', shape: [2, 3] });
    expect(await read.read('counters', { start: 2, count: 3 })).toEqual(Int32Array.of(3, 4, 5));
    await expect(read.read('none')).rejects.toThrow('the file has no tensor none');
    await read.close();
  });

  it('refuses a file that is cut off or of another format', async () => {
    await writeSafetensors(file, [float32('w', [100], new Float32Array(100))]);
    await truncate(file, 300);
    await expect(SafetensorsFile.open(file)).rejects.toThrow(SafetensorsError);
    await writeFile(file, 'PK\u0003\u0004 this is a zip');
    await expect(SafetensorsFile.open(file)).rejects.toThrow(SafetensorsError);
  });

  it('refuses values that do not have the shape that was announced', async () => {
    await expect(writeSafetensors(file, [float32('w', [3], new Float32Array(2))])).rejects.toThrow(
      'tensor w is not float32 [3]',
    );
  });
});

it('is laid out as the format says: an independent reader finds the same', async () => {
  await writeSafetensors(file, [float32('w', [2, 2], Float32Array.of(1, 2, 3, 4))], { epoch: '3' });
  const script = `
import json, struct, sys
data = open(sys.argv[1], 'rb').read()
(length,) = struct.unpack('<Q', data[:8])
header = json.loads(data[8:8 + length])
start, end = header['w']['data_offsets']
values = struct.unpack('<4f', data[8 + length + start:8 + length + end])
print(json.dumps([length % 8, header['w']['dtype'], header['w']['shape'], values, header['__metadata__']]))`;
  const { stdout } = await promisify(execFile)('python3', ['-c', script, file]);
  expect(JSON.parse(stdout)).toEqual([0, 'F32', [2, 2], [1, 2, 3, 4], { epoch: '3' }]);
});
