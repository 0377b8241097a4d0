export { type ElementType, SafetensorsError } from './safetensors/header.js';
export { type ElementRange, SafetensorsFile, type TensorEntry } from './safetensors/safetensors-file.js';
export { type TensorToWrite, writeSafetensors } from './safetensors/write-safetensors.js';
