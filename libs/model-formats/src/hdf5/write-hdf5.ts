import { writeAtomically } from '../atomic-file.js';
import type { Hdf5Plan } from './hdf5-plan.js';
import { runWorker } from './run-worker.js';

/**
 * Writes an HDF5 file in a thread of its own, whole or not at all. Memory stays flat however large the tensors are.
 * @throws the file system's errors, such as ENOSPC
 */
export const writeHdf5 = (plan: Hdf5Plan, path: string): Promise<void> =>
  writeAtomically(path, async (temporary) => {
    await runWorker('write-hdf5.mjs', { plan, path: temporary });
  });
