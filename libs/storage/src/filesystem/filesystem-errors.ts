import { StorageFullError, StorageUnavailableError, type UnavailableReason } from '../errors.js';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const UNAVAILABLE: Readonly<Record<string, UnavailableReason>> = {
  EACCES: 'permission',
  EPERM: 'permission',
  EROFS: 'permission',
  EMFILE: 'busy',
  ENFILE: 'busy',
  EBUSY: 'busy',
};

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Turns an error of the operating system into one of the port; leaves every other error as it is. */
export function translateFilesystemError(error: unknown, root: string): Error {
  const code = errorCode(error);
  if (!(error instanceof Error)) return new Error(String(error));
  if (code === undefined || (error as NodeJS.ErrnoException).syscall === undefined) return error;
  if (FULL.has(code)) return new StorageFullError(`the disk of ${root} is full (${code})`, { cause: error });
  const reason = UNAVAILABLE[code] ?? 'other';
  return new StorageUnavailableError(reason, `the folder ${root} can't be used: ${error.message}`, {
    cause: error,
  });
}
