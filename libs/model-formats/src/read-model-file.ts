import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Compile, JsonObject, JsonValue } from '@epochal/contracts';
import {
  describeModel,
  parseModel,
  readCompile,
  type ModelDescription,
  type ModelDetails,
} from '@epochal/model-spec';
import type { Hdf5Contents } from './hdf5/hdf5-contents.js';
import { copyHdf5, inspectHdf5 } from './hdf5/read-hdf5.js';
import { compileFromKeras } from './import/compile-from-keras.js';
import { fileKind } from './import/file-kind.js';
import { modelDatasets } from './import/model-datasets.js';
import { ModelFileError } from './import/model-file-error.js';
import { optimizerDatasets } from './import/optimizer-datasets.js';
import { readArchive } from './import/read-archive.js';

export interface ReadModelFileOptions {
  /** A file that Keras 3 or Keras 2 wrote: `.keras`, `.h5` or `.weights.h5`. */
  readonly path: string;
  /** The model, for a file that holds only weights. */
  readonly definition?: JsonObject;
  /** Where the weights and the optimizer's state are to be put, as the engine keeps them. */
  readonly checkpoint: string;
}

/** What a file of Keras held beside its numbers. */
export interface ImportedModel {
  readonly definition: JsonObject;
  readonly model: ModelDescription;
  /** Null when it was not compiled, or with what is not known here. */
  readonly compile: Compile | null;
  /** Whether the optimizer's state came along. */
  readonly optimizer: 'restored' | 'fresh';
}

interface Opened {
  readonly definition: JsonObject;
  readonly compileConfig: JsonObject | null;
  readonly contents: Hdf5Contents;
  /** The HDF5 file with the numbers. */
  readonly hdf5: string;
}

const parseObject = (text: string, what: string): JsonObject => {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new ModelFileError(`The ${what} in the file is no JSON`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new ModelFileError(`The ${what} in the file is no object`);
};

const inspect = (path: string): Promise<Hdf5Contents> =>
  inspectHdf5(path).catch((error: unknown) => {
    throw new ModelFileError('The HDF5 data in the file is damaged', { cause: error });
  });

const openArchive = async (path: string, hdf5: string): Promise<Opened> => {
  const config = parseObject(await readArchive(path, hdf5), 'config.json');
  const { compile_config: compileConfig, ...definition } = config;
  return {
    definition,
    compileConfig: (compileConfig ?? null) as JsonObject | null,
    contents: await inspect(hdf5),
    hdf5,
  };
};

const openHdf5 = async ({ path, definition: given }: ReadModelFileOptions): Promise<Opened> => {
  const contents = await inspect(path);
  const {
    model_config: model,
    training_config: training,
    keras_version: version,
  } = contents.groups[''] ?? {};
  if (typeof model !== 'string' && given === undefined) {
    throw new ModelFileError('The file holds only weights: the definition of the model is needed too');
  }
  const definition = typeof model === 'string' ? parseObject(model, 'model_config') : given!;
  return {
    // Keras 2 writes its version beside the config, and it tells the dialect.
    definition:
      typeof version === 'string' && version.startsWith('2.')
        ? { keras_version: version, ...definition }
        : definition,
    compileConfig: typeof training === 'string' ? parseObject(training, 'training_config') : null,
    contents,
    hdf5: path,
  };
};

const importOpened = async (opened: Opened, checkpoint: string): Promise<ImportedModel> => {
  const { definition, contents } = opened;
  const model = parseModel(definition);
  const details: ModelDetails = describeModel(model);
  const generation = model.dialect === 'keras_3' ? 'keras_3' : 'keras_2';
  const compile = compileFromKeras(opened.compileConfig, details);
  const weights = modelDatasets(details, contents, generation);
  const resolved = compile === null ? null : readCompile(compile, details.outputs).optimizer;
  const state = resolved === null ? undefined : optimizerDatasets(resolved, details, contents, generation);
  await copyHdf5(opened.hdf5, checkpoint, [...weights, ...(state ?? [])], { format: 'keras' });
  return { definition, model, compile, optimizer: state === undefined ? 'fresh' : 'restored' };
};

/**
 * Reads a model that Keras 3 or Keras 2 trained: its definition, how it was compiled, its weights and the optimizer's state. The numbers
 * go to a safetensors file, under the engine's names; memory stays flat.
 * @throws ModelFileError when the file is damaged, is something else or is of another model; ModelDefinitionError when its model cannot
 * be built here
 */
export const readModelFile = async (options: ReadModelFileOptions): Promise<ImportedModel> => {
  if ((await fileKind(options.path)) === 'hdf5')
    return importOpened(await openHdf5(options), options.checkpoint);
  const extracted = `${options.checkpoint}.${randomBytes(6).toString('hex')}.weights.h5`;
  try {
    return await importOpened(await openArchive(options.path, extracted), options.checkpoint);
  } finally {
    await rm(extracted, { force: true });
  }
};
