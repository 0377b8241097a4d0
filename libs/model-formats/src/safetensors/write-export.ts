import type { SafetensorsFile } from './safetensors-file.js';
import { elementCount, type TensorValues } from './tensor-types.js';
import { writeSafetensors, type TensorToWrite, type WrittenFile } from './write-safetensors.js';

const MOST_ELEMENTS_AT_ONCE = 4 * 1024 * 1024;
/** What is of use outside of the engine; the rest of a checkpoint is the memory of callbacks and metrics. */
const EXPORTED = ['model/', 'optimizer/'];

async function* slices(source: SafetensorsFile, name: string, size: number): AsyncGenerator<TensorValues> {
  for (let start = 0; start < size; start += MOST_ELEMENTS_AT_ONCE) {
    yield await source.read(name, { start, count: Math.min(MOST_ELEMENTS_AT_ONCE, size - start) });
  }
}

/** Writes the weights and the optimizer's state of a checkpoint to a file of their own. */
export const writeExport = (checkpoint: SafetensorsFile, path: string): Promise<WrittenFile> => {
  const tensors = [...checkpoint.tensors.values()]
    .filter(({ name }) => EXPORTED.some((prefix) => name.startsWith(prefix)))
    .map(({ name, dtype, shape }): TensorToWrite => ({
      name,
      dtype,
      shape,
      read: () => slices(checkpoint, name, elementCount(shape)),
    }));
  return writeSafetensors(path, tensors, { format: 'keras' });
};
