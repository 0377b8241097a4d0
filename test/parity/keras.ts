import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { ensurePythonEnvironment } from '../../scripts/python-environment.mjs';

/** A tensor as keras_fixtures.py writes it. */
export interface EncodedTensor {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly data: string;
}

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The cases of a kind, each with what real Keras computed for it in this very run. */
export async function casesWithKeras<Case extends { name: string }, Result>(
  kind: string,
  files: readonly string[] = [kind],
): Promise<{ case: Case; keras: Result }[]> {
  const python = await ensurePythonEnvironment();
  return files.flatMap((file) => {
    const path = pathOf(`cases/${file}.json`);
    const cases = JSON.parse(readFileSync(path, 'utf8')) as Case[];
    const output = execFileSync(python, [pathOf('keras_fixtures.py'), kind, path], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: kerasEnvironment(),
    });
    const results = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Result);
    return cases.map((each, index) => ({ case: each, keras: results[index]! }));
  });
}

/** This process's TensorFlow has settings of its own, such as its number of threads; Keras runs with its defaults. */
const kerasEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TF_')));

export function decode({ shape, dtype, data }: EncodedTensor): tf.Tensor {
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  const values =
    dtype === 'bool'
      ? bytes
      : dtype === 'int32'
        ? new Int32Array(bytes.buffer)
        : new Float32Array(bytes.buffer);
  return tf.tensor(values, shape, dtype);
}

export const decodeIfAny = (encoded: EncodedTensor | null): tf.Tensor | null =>
  encoded === null ? null : decode(encoded);

/**
 * The largest difference of two tensors, relative to the largest number in either or to one if that is larger.
 * Numbers that are not finite must be the same in both. @throws when shapes differ
 */
export function difference(actual: tf.Tensor, expected: EncodedTensor): number {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`shape [${actual.shape.join()}] is not Keras's [${expected.shape.join()}]`);
  }
  const wanted = decode(expected);
  const [a, b] = [actual.dataSync(), wanted.dataSync()];
  let largest = 1;
  let worst = 0;
  for (let index = 0; index < a.length; index += 1) {
    const [x, y] = [Number(a[index]), Number(b[index])];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      if (!Object.is(x, y)) return Infinity;
      continue;
    }
    largest = Math.max(largest, Math.abs(x), Math.abs(y));
    worst = Math.max(worst, Math.abs(x - y));
  }
  wanted.dispose();
  return worst / largest;
}

/** A config with its numbers rounded: Keras reads some of them back from float32 tensors. */
export const asFloat32 = (config: object): unknown =>
  JSON.parse(JSON.stringify(config), (_key, value: unknown) =>
    typeof value === 'number' ? Math.fround(value) : value,
  );
