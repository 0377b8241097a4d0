import { writeAtomically } from '../atomic-file.js';
import { encodeHeader } from '../safetensors/header.js';
import type { TensorInfo } from '../safetensors/tensor-types.js';
import type { Hdf5Contents } from './hdf5-contents.js';
import { runWorker } from './run-worker.js';

/** A dataset, and the tensor that it becomes. */
export interface DatasetToCopy extends TensorInfo {
  readonly name: string;
  readonly path: string;
}

/** Tells what is in an HDF5 file. @throws Error when it is no HDF5 file, or is damaged */
export const inspectHdf5 = (path: string): Promise<Hdf5Contents> =>
  runWorker('read-hdf5.mjs', { path, copy: null });

/** Copies datasets to a safetensors file, whole or not at all. Memory stays flat however large they are. */
export const copyHdf5 = (
  path: string,
  target: string,
  datasets: readonly DatasetToCopy[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> =>
  writeAtomically(target, async (temporary) => {
    const copy = { target: temporary, header: encodeHeader(datasets, metadata), datasets };
    await runWorker('read-hdf5.mjs', { path, copy });
  });
