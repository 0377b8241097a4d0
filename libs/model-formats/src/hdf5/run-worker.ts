import { Worker } from 'node:worker_threads';

/** Workers stand beside src and dist, so that the way there is the same from both. */
const FOLDER = new URL('../../worker/', import.meta.url);

/**
 * Runs a program in a thread of its own.
 * @returns what it posts
 * @throws what it throws
 */
export const runWorker = <Result>(program: string, workerData: unknown): Promise<Result> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(program, FOLDER), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread of ${program} ended with code ${code}`)));
  });
