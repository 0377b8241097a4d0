export { writeAtomically } from './atomic-file.js';
export type { TensorEntry } from './safetensors/header.js';
export { type ElementRange, SafetensorsFile } from './safetensors/safetensors-file.js';
export {
  type ElementType,
  SafetensorsError,
  type TensorInfo,
  type TensorValues,
} from './safetensors/tensor-types.js';
export { type TensorToWrite, writeSafetensors, type WrittenFile } from './safetensors/write-safetensors.js';
export { type ModelFileOptions, writeModelFile } from './write-model-file.js';
export { ModelFileError } from './import/model-file-error.js';
export { type ImportedModel, readModelFile, type ReadModelFileOptions } from './read-model-file.js';
