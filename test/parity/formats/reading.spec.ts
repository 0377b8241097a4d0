import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@epochal/contracts';
import { ModelFileError, readModelFile, SafetensorsFile } from '@epochal/model-formats';
import { modelWeights, parseModel } from '@epochal/model-spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePythonEnvironment } from '../../../scripts/python-environment.mjs';

interface SavedByKeras {
  readonly weights: string[];
  readonly optimizer: string[];
}

const digest = async (file: SafetensorsFile, name: string): Promise<string> => {
  const values = await file.read(name);
  return createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
};

/** One of each kind of layout. */
const NAMES = ['mlp', 'wide_and_deep', 'cnn', 'recurrent', 'wrappers', 'attention', 'nested', 'frozen'];

describe.each([
  ['keras_3', 'keras-3'],
  ['keras_2', 'keras-2'],
] as const)('files that %s saved', (generation, fixtures) => {
  const url = new URL(`../../../libs/model-spec/fixtures/${fixtures}.json`, import.meta.url);
  const gallery = JSON.parse(readFileSync(url, 'utf8')) as {
    models: Record<string, { definition: JsonObject }>;
  };
  const definitions = Object.fromEntries(NAMES.map((name) => [name, gallery.models[name]!.definition]));
  let folder: string;
  let saved: Record<string, SavedByKeras>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'saved-by-keras-'));
    const program = fileURLToPath(new URL('write_files.py', import.meta.url));
    const child = spawn(await ensurePythonEnvironment(), [program, generation, folder], { stdio: 'pipe' });
    child.stdin.end(JSON.stringify(definitions));
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (output === '') throw new Error(`Keras could not save the models: ${errors}`);
    saved = JSON.parse(output) as Record<string, SavedByKeras>;
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true }));

  const read = async (name: string, extension: string) => {
    const checkpoint = path.join(folder, `${name}${extension}.safetensors`);
    const imported = await readModelFile({
      path: path.join(folder, `${name}${extension}`),
      checkpoint,
      ...(extension === '.weights.h5' ? { definition: definitions[name]! } : {}),
    });
    return { imported, file: await SafetensorsFile.open(checkpoint) };
  };

  describe.each(NAMES)('%s', (name) => {
    it.each(['.keras', '.h5', '.weights.h5'])('%s: gives every weight, bit for bit', async (extension) => {
      const { imported, file } = await read(name, extension);
      const paths = modelWeights(imported.model).map((weight) => `model/${weight.path}`);
      expect(await Promise.all(paths.map((weight) => digest(file, weight)))).toEqual(saved[name]!.weights);
      await file.close();
    });

    it.each(['.keras', '.h5'])('%s: gives the model and how it was compiled', async (extension) => {
      const { imported, file } = await read(name, extension);
      const layers = ({ layers: all }: ReturnType<typeof parseModel>) =>
        all.map(({ name: layer, calls }) => ({ layer, calls }));
      expect(layers(imported.model)).toEqual(layers(parseModel(definitions[name]!)));
      expect(imported.compile).toMatchObject({
        optimizer: { class_name: 'Adam', config: { learning_rate: 0.0625 } },
      });
      await file.close();
    });

    // Keras 3 writes its optimizer into .h5 too, though it cannot read it from there.
    it.each(['.keras', '.h5'])("%s: gives the optimizer's state, bit for bit", async (extension) => {
      const { imported, file } = await read(name, extension);
      expect(imported.optimizer).toBe('restored');
      const names = [...file.tensors.keys()].filter((tensor) => tensor.startsWith('optimizer/'));
      expect(await Promise.all(names.map((tensor) => digest(file, tensor)))).toEqual(saved[name]!.optimizer);
      await file.close();
    });
  });

  it('are refused when they are of another model, damaged or something else', async () => {
    const checkpoint = path.join(folder, 'none.safetensors');
    const weights = path.join(folder, 'mlp.weights.h5');
    const attempt = (file: string, definition?: JsonObject) =>
      readModelFile({ path: file, checkpoint, ...(definition === undefined ? {} : { definition }) });
    await expect(attempt(weights)).rejects.toThrow('only weights');
    await expect(attempt(weights, definitions.frozen!)).rejects.toThrow(ModelFileError);
    const damaged = path.join(folder, 'damaged.h5');
    await writeFile(damaged, readFileSync(path.join(folder, 'mlp.h5')).subarray(0, 700));
    await expect(attempt(damaged)).rejects.toThrow('damaged');
    await writeFile(damaged, readFileSync(path.join(folder, 'mlp.keras')).subarray(0, 700));
    await expect(attempt(damaged)).rejects.toThrow('damaged');
    await writeFile(damaged, 'hello');
    await expect(attempt(damaged)).rejects.toThrow('neither HDF5');
  });
});
