/** Why the embedded Postgres could not be started or stopped. */
export type EmbeddedPostgresErrorCode =
  | 'unsupported-platform'
  | 'no-service-user'
  | 'permission-denied'
  | 'disk-full'
  | 'port-taken'
  | 'data-version-mismatch'
  | 'password-mismatch'
  | 'timeout'
  | 'failed';

/** The embedded Postgres could not be started or stopped; the message says why and what to do, in plain words. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Turns what a Postgres program printed before it failed into an error in plain words. */
export function errorFromOutput(action: string, output: string): EmbeddedPostgresError {
  const detail = lastWords(output);
  if (/No space left on device|Check free disk space/.test(output)) {
    return new EmbeddedPostgresError(
      'disk-full',
      `Postgres could not ${action}: the disk is full. ${detail}`,
    );
  }
  if (/Permission denied|Operation not permitted/.test(output)) {
    return new EmbeddedPostgresError(
      'permission-denied',
      `Postgres could not ${action}: the user that it runs as may not. ${detail}`,
    );
  }
  if (/error while loading shared libraries/.test(output)) {
    return new EmbeddedPostgresError(
      'unsupported-platform',
      `Postgres could not ${action}: this system lacks a library that it needs. ${detail}`,
    );
  }
  return new EmbeddedPostgresError('failed', `Postgres could not ${action}. ${detail}`);
}

/** Puts an error of a file operation into plain words; `undefined` for any other error. */
export function errorFromFileSystem(error: unknown): EmbeddedPostgresError | undefined {
  if (!(error instanceof Error) || !('code' in error) || error instanceof EmbeddedPostgresError)
    return undefined;
  const place = 'path' in error ? String(error.path) : 'its folder';
  if (error.code === 'ENOSPC') {
    return new EmbeddedPostgresError('disk-full', `Postgres can't be set up: the disk of ${place} is full.`, {
      cause: error,
    });
  }
  if (['EACCES', 'EPERM', 'EROFS'].includes(String(error.code))) {
    return new EmbeddedPostgresError(
      'permission-denied',
      `Postgres can't be set up: no right to write to ${place}.`,
      {
        cause: error,
      },
    );
  }
  return undefined;
}

function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /FATAL|PANIC|ERROR|error|HINT|could not/.test(line));
  return (telling.length > 0 ? telling : lines).slice(-4).join(' | ');
}
