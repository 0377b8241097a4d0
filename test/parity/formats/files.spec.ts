import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileSchema, MODEL_FORMATS, type Compile, type JsonObject } from '@epochal/contracts';
import { writeModelFile, type SafetensorsFile } from '@epochal/model-formats';
import { describeModel, parseModel, type ModelDetails } from '@epochal/model-spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointTensors, digestOf, writeCheckpoint } from './checkpoint.js';
import { readWithKeras, type FileToRead, type ReadFile } from './keras-files.js';

const FORMATS = ['h5', 'keras', 'weights_h5'] as const;
const LEARNING_RATE = 0.0625;
const ADAM = { class_name: 'Adam', config: { learning_rate: 0.5 } };

interface Case {
  readonly name: string;
  readonly definition: JsonObject;
  readonly details: ModelDetails;
  readonly compile: Compile;
  readonly checkpoint: SafetensorsFile;
}

const models = (file: string): [string, JsonObject][] => {
  const url = new URL(`../../../libs/model-spec/fixtures/${file}.json`, import.meta.url);
  const gallery = JSON.parse(readFileSync(fileURLToPath(url), 'utf8')) as {
    models: Record<string, { definition: JsonObject }>;
  };
  return Object.entries(gallery.models).map(([name, { definition }]) => [name, definition]);
};

describe.each([
  ['keras_3', 'keras-3'],
  ['keras_2', 'keras-2'],
] as const)('files for %s', (generation, fixtures) => {
  let folder: string;
  const cases = new Map<string, Case>();
  let read: Map<string, ReadFile>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'model-files-'));
    const files: FileToRead[] = [];
    for (const [name, definition] of models(fixtures)) {
      const model = parseModel(definition);
      const details = describeModel(model);
      const compile = compileSchema.parse({
        optimizer: ADAM,
        loss: 'mse',
        metrics: details.outputs.length === 1 ? ['mae'] : [],
      });
      const tensors = checkpointTensors(details, [['momentum', 'velocity']], LEARNING_RATE);
      const checkpoint = await writeCheckpoint(path.join(folder, `${name}.safetensors`), tensors);
      cases.set(name, { name, definition, details, compile, checkpoint });
      for (const format of FORMATS) {
        const file = path.join(folder, `${name}${MODEL_FORMATS[format].extension}`);
        await writeModelFile({ format, definition, model, compile, weights: checkpoint, path: file });
        files.push({
          name: `${name} ${format}`,
          path: file,
          format,
          definition,
          compile: { optimizer: ADAM, loss: 'mean_squared_error' },
        });
      }
    }
    read = await readWithKeras(generation, files);
  }, 600_000);
  afterAll(async () => {
    for (const { checkpoint } of cases.values()) await checkpoint.close();
    await rm(folder, { recursive: true });
  });

  describe.each(models(fixtures).map(([name]) => name))('%s', (name) => {
    it.each(FORMATS)('.%s gives Keras every weight, bit for bit', async (format) => {
      const { details, checkpoint } = cases.get(name)!;
      const expected = await Promise.all(
        details.weights.map(({ path: weight }) => digestOf(checkpoint, `model/${weight}`)),
      );
      const file = read.get(`${name} ${format}`)!;
      expect(file.warnings).toEqual([]);
      expect(file.variables.map(({ sha256 }) => sha256)).toEqual(expected);
    });

    it.each(FORMATS)('.%s gives a model that goes on training', (format) => {
      const file = read.get(`${name} ${format}`)!;
      expect(file.trains).toBe(true);
    });

    it('predicts the same from every format', () => {
      const [h5, keras, weights] = FORMATS.map((format) => read.get(`${name} ${format}`)!.predictions);
      expect(keras).toEqual(h5);
      expect(weights).toEqual(h5);
    });

    it.each(generation === 'keras_2' ? FORMATS : (['keras', 'weights_h5'] as const))(
      ".%s gives Keras the optimizer's state, bit for bit",
      async (format) => {
        const { details, checkpoint } = cases.get(name)!;
        const trainable = details.weights.filter((weight) => weight.trainable).map((weight) => weight.path);
        const names = [
          'optimizer/iterations',
          ...(generation === 'keras_3' ? ['optimizer/learning_rate'] : []),
          ...trainable.flatMap((weight) => [`optimizer/momentum/${weight}`, `optimizer/velocity/${weight}`]),
        ];
        const expected = await Promise.all(names.map((tensor) => digestOf(checkpoint, tensor)));
        expect(read.get(`${name} ${format}`)!.optimizer!.map(({ sha256 }) => sha256)).toEqual(expected);
      },
    );

    it.each(['h5', 'keras'] as const)('.%s has the learning rate that training came to', (format) => {
      expect(read.get(`${name} ${format}`)!.learning_rate).toBe(LEARNING_RATE);
    });
  });
});
