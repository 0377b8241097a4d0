import { spawn } from 'node:child_process';
import path from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { ServiceUser } from './service-user.js';

/** How a program ended. `output` holds both its standard output and its standard error. */
export interface ProgramResult {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs one of the Postgres programs to its end, as the service user and with nothing of our environment. */
export function runProgram(
  binaries: PostgresBinaries,
  program: 'initdb' | 'pg_ctl' | 'postgres',
  parameters: readonly string[],
  user: ServiceUser | undefined,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(binaries.directory, 'bin', program), parameters, {
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
      cwd: '/',
      // English messages: errors are recognised by their text.
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => reject(whyNotSpawned(program, error, user)));
    child.once('close', (exitCode) => resolve({ exitCode, output }));
  });
}

function whyNotSpawned(program: string, error: NodeJS.ErrnoException, user: ServiceUser | undefined) {
  if (error.code === 'ENOENT') {
    return new EmbeddedPostgresError(
      'unsupported-platform',
      `The embedded Postgres does not run on this system: its programs need glibc. Set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
  const as = user === undefined ? '' : ` as the user "${user.name}"`;
  return new EmbeddedPostgresError('permission-denied', `${program} can't be run${as}: ${error.message}.`, {
    cause: error,
  });
}
