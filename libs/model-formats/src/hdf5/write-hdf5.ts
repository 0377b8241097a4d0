import { Worker } from 'node:worker_threads';
import { writeAtomically } from '../atomic-file.js';
import type { Hdf5Plan } from './hdf5-plan.js';

/** Beside src and dist, so that the way there is the same from both. */
const WORKER = new URL('../../worker/write-hdf5.mjs', import.meta.url);

const run = (plan: Hdf5Plan, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: { plan, path }, stderr: true });
    // HDF5 prints a trace for every failure that it meets; what failed is in the error.
    worker.stderr.resume();
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`The thread that writes ${path} ended with code ${code}`)),
    );
  });

/**
 * Writes an HDF5 file in a thread of its own, whole or not at all. Memory stays flat however large the tensors are.
 * @throws the file system's errors, such as ENOSPC
 */
export const writeHdf5 = (plan: Hdf5Plan, path: string): Promise<void> =>
  writeAtomically(path, (temporary) => run(plan, temporary));
