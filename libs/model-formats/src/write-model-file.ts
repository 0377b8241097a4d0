import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Compile, JsonObject, ModelFormat } from '@epochal/contracts';
import { describeModel, type ModelDescription } from '@epochal/model-spec';
import { writeArchive } from './archive/write-archive.js';
import { planLegacyH5 } from './hdf5/legacy-layout.js';
import { planWeightsH5 } from './hdf5/weights-layout.js';
import { writeHdf5 } from './hdf5/write-hdf5.js';
import { compileConfig, type CompileConfig } from './keras/compile-config.js';
import { archiveTopology, kerasTopology } from './keras/keras-topology.js';
import { compileJson } from './keras/python-json.js';
import { currentLearningRate } from './keras/optimizer-state.js';
import { kerasVersion, outputForm, type SavedModel } from './keras/saved-model.js';
import type { SafetensorsFile } from './safetensors/safetensors-file.js';
import type { WrittenFile } from './safetensors/write-safetensors.js';
import { writeExport } from './safetensors/write-export.js';

export interface ModelFileOptions {
  readonly format: ModelFormat;
  /** The model as it was submitted; Keras files hold it unchanged. */
  readonly definition: JsonObject;
  /** The same model, parsed. */
  readonly model: ModelDescription;
  /** The arguments that it was compiled with; null for a file that is not compiled. */
  readonly compile: Compile | null;
  /** A checkpoint of the engine: weights, and the optimizer's state if there is one. */
  readonly weights: SafetensorsFile;
  /** Where the file is to be; there it is whole or not at all. */
  readonly path: string;
}

const measure = async (path: string): Promise<WrittenFile> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(part);
    bytes += part.length;
  }
  return { bytes, sha256: hash.digest('hex') };
};

const compiledFor = async (saved: SavedModel, container: 'archive' | 'h5'): Promise<CompileConfig | null> => {
  const { compile, model, generation, checkpoint } = saved;
  if (compile === null) return null;
  const learningRate = await currentLearningRate(checkpoint);
  return compileConfig(compile, model, outputForm(saved), `${generation}_${container}`, learningRate);
};

const writeKeras = async (saved: SavedModel, path: string): Promise<void> => {
  const compiled = await compiledFor(saved, 'archive');
  const weights = `${path}.weights.partial`;
  await writeHdf5(planWeightsH5(saved, compiled), weights);
  const config = compileJson({
    ...archiveTopology(saved),
    ...(compiled === null ? {} : { compile_config: compiled.json }),
  });
  await writeArchive(path, { kerasVersion: kerasVersion(saved), config, weights });
};

/**
 * Writes a trained model in a format that can be downloaded, from the one form in which it is stored. Memory stays flat however
 * large it is; HDF5 is written in a thread of its own.
 *
 * `.h5` and `.keras` load in the Keras that the definition came from, compiled if it has every class. The optimizer's state goes
 * into `.keras` and `.weights.h5`, and into `.h5` for Keras 2; Keras 3 cannot read it from there.
 * @throws SafetensorsError when the checkpoint is of another model; the file system's errors, such as ENOSPC
 */
export const writeModelFile = async (options: ModelFileOptions): Promise<WrittenFile> => {
  const { format, path, weights: checkpoint } = options;
  if (format === 'safetensors') return writeExport(checkpoint, path);
  const { topology, generation } = kerasTopology(options.definition, options.model.dialect);
  const model = describeModel(options.model);
  const saved: SavedModel = { generation, topology, model, compile: options.compile, checkpoint };
  if (format === 'h5') await writeHdf5(planLegacyH5(saved, await compiledFor(saved, 'h5')), path);
  else if (format === 'weights_h5') {
    await writeHdf5(planWeightsH5(saved, await compiledFor(saved, 'archive')), path);
  } else await writeKeras(saved, path);
  return measure(path);
};
