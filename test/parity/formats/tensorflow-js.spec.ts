import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MODEL_FORMATS, type JsonObject } from '@epochal/contracts';
import { writeModelFile, type TensorToWrite } from '@epochal/model-formats';
import { modelWeights, parseModel } from '@epochal/model-spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCheckpoint } from './checkpoint.js';
import { readWithKeras, type FileToRead, type ReadFile } from './keras-files.js';

/** What TensorFlow.js says of a model: see gallery-tensorflow-js.mjs. */
interface Model {
  readonly definition: JsonObject;
  readonly weights: { readonly shape: number[]; readonly values: number[] }[];
  readonly inputs: number[][];
  readonly predictions: number[][];
}

const url = new URL('../../../libs/model-spec/fixtures/tensorflow-js.json', import.meta.url);
const { models } = JSON.parse(readFileSync(url, 'utf8')) as { models: Record<string, Model> };
const FORMATS = ['h5', 'keras'] as const;

let folder: string;
let read: Map<string, ReadFile>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tensorflow-js-'));
  const files: FileToRead[] = [];
  for (const [name, { definition, weights, inputs }] of Object.entries(models)) {
    const model = parseModel(definition);
    const tensors = modelWeights(model).map(({ path: weight, spec }, index): TensorToWrite => ({
      name: `model/${weight}`,
      dtype: spec.dtype,
      shape: spec.shape,
      read: () => Float32Array.from(weights[index]!.values),
    }));
    const checkpoint = await writeCheckpoint(path.join(folder, `${name}.safetensors`), tensors);
    for (const format of FORMATS) {
      const file = path.join(folder, `${name}${MODEL_FORMATS[format].extension}`);
      await writeModelFile({ format, definition, model, compile: null, weights: checkpoint, path: file });
      files.push({ name: `${name} ${format}`, path: file, format, definition, compile: null, inputs });
    }
    await checkpoint.close();
  }
  read = await readWithKeras('keras_2', files);
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

describe.each(Object.keys(models))('a TensorFlow.js model (%s)', (name) => {
  it('has the variables that TensorFlow.js has', () => {
    const { definition, weights } = models[name]!;
    const shapes = modelWeights(parseModel(definition)).map(({ spec }) => spec.shape);
    expect(shapes).toEqual(weights.map(({ shape }) => shape));
  });

  it.each(FORMATS)('predicts in Keras 2, from .%s, what it predicts in TensorFlow.js', (format) => {
    const { predictions } = models[name]!;
    const seen = read.get(`${name} ${format}`)!.predictions;
    expect(seen.map((values) => values.length)).toEqual(predictions.map((values) => values.length));
    const relative = seen.flatMap((values, output) =>
      values.map(
        (value, index) => Math.abs(value - predictions[output]![index]!) / Math.max(1, Math.abs(value)),
      ),
    );
    expect(Math.max(...relative)).toBeLessThan(1e-6);
  });
});
