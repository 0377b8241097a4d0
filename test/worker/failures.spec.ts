import {
  IntegrityError,
  ObjectNotFoundError,
  StorageFullError,
  StorageUnavailableError,
} from '@epochal/storage';
import { describe, expect, it } from 'vitest';
import { crashFailure, infrastructureFailure } from '../../apps/worker/src/failures.js';

const exit = { code: null, signal: null, log: ['last words'] };

describe('what a job is told', () => {
  it.each([
    [{ ...exit, signal: 'SIGSEGV' as const }, 'The trainer was ended by SIGSEGV before the job was done.'],
    [{ ...exit, code: 3 }, 'The trainer ended with exit code 3 before the job was done.'],
    [
      { ...exit, signal: 'SIGKILL' as const },
      'The trainer was ended by SIGKILL before the job was done; the machine may have run out of memory.',
    ],
  ])('about a crash: how it ended, and the last lines of the log', (ended, message) => {
    const failure = crashFailure(ended);
    expect(failure).toEqual({
      category: 'infrastructure',
      code: 'trainer_crashed',
      message,
      log: ['last words'],
    });
  });

  it.each([
    [new StorageFullError('bucket secret-bucket'), 'storage_full'],
    [new StorageUnavailableError('timeout', 'http://10.0.0.1:9000'), 'storage_unavailable'],
    [new ObjectNotFoundError('datasets/x'), 'object_missing'],
    [new IntegrityError('datasets/x', 'differs'), 'object_damaged'],
    [Object.assign(new Error('write /var/lib/secret'), { code: 'ENOSPC' }), 'storage_full'],
    [new TypeError('x is undefined'), 'worker_error'],
  ])('about an error of the infrastructure: its kind, and nothing of its insides', (error, code) => {
    const failure = infrastructureFailure(error);
    expect(failure).toMatchObject({ category: 'infrastructure', code });
    expect(failure.message).not.toContain(error.message);
  });
});
