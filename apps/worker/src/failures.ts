import type { Failure } from '@epochal/contracts';
import {
  IntegrityError,
  ObjectNotFoundError,
  StorageFullError,
  StorageUnavailableError,
} from '@epochal/storage';
import type { TrainerExit } from './trainer-process.js';

/** A trainer that ended without saying how its run ended. */
export function crashFailure({ code, signal, log }: TrainerExit): Failure {
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const hint = signal === 'SIGKILL' || code === 137 ? '; the machine may have run out of memory' : '';
  return {
    category: 'infrastructure',
    code: 'trainer_crashed',
    message: `The trainer ${how} before the job was done${hint}.`,
    log: [...log],
  };
}

export const workerLostFailure: Failure = {
  category: 'infrastructure',
  code: 'worker_lost',
  message: 'The worker that held the job stopped answering.',
};

/** What an error while preparing or storing means for the job. Its text names no internals. */
export function infrastructureFailure(error: unknown): Failure {
  const failure = (code: string, message: string): Failure => ({ category: 'infrastructure', code, message });
  if (error instanceof StorageFullError) return failure('storage_full', 'The object store is full.');
  if (error instanceof StorageUnavailableError) {
    return failure('storage_unavailable', 'The object store could not be reached.');
  }
  if (error instanceof ObjectNotFoundError) {
    return failure('object_missing', 'A file that the job needs is not in the object store any more.');
  }
  if (error instanceof IntegrityError) {
    return failure(
      'object_damaged',
      'A file in the object store does not have the digest that was recorded for it.',
    );
  }
  if (isDiskFull(error)) return failure('storage_full', "The worker's disk is full.");
  return failure('worker_error', 'The worker met an unexpected error; its log has the details.');
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
