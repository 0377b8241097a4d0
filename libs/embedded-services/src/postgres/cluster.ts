import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError, errorFromOutput } from './embedded-postgres-error.js';
import { runProgram } from './program.js';
import type { ServiceUser } from './service-user.js';

/** `full` survives a crash of the machine; `none` is faster, for data that may be lost with the machine's next crash. */
export type Durability = 'full' | 'none';

/** A folder with one Postgres cluster and what belongs to it. Only the service user and root can read it. */
export interface Cluster {
  readonly directory: string;
  /** Postgres's own data directory. */
  readonly data: string;
  readonly log: string;
  /** Remembers the port of the last start. */
  readonly portFile: string;
  /** The superuser's password. */
  readonly password: string;
}

/** Name of the superuser, and of the database that always exists. */
export const superuser = 'postgres';

/** Where the cluster of a folder is. */
export function clusterIn(parent: string): string {
  return path.join(parent, 'cluster');
}

/** What {@link openCluster} works with. */
export interface ClusterContext {
  readonly binaries: PostgresBinaries;
  readonly user: ServiceUser | undefined;
  readonly durability: Durability;
}

/**
 * Opens the cluster in `parent`, and creates it at the first call. It is created aside and renamed when it is complete,
 * so an interrupted creation leaves nothing half-done and of two at the same time one wins.
 */
export async function openCluster(parent: string, context: ClusterContext): Promise<Cluster> {
  const directory = clusterIn(parent);
  const password = (await readPassword(directory)) ?? (await createCluster(parent, directory, context));
  const data = path.join(directory, 'data');
  await checkVersion(data, context.binaries);
  return {
    directory,
    data,
    password,
    log: path.join(directory, 'server.log'),
    portFile: path.join(directory, 'port'),
  };
}

async function createCluster(parent: string, directory: string, context: ClusterContext): Promise<string> {
  const { binaries, user, durability } = context;
  const draft = await mkdtemp(path.join(parent, 'cluster-draft-'));
  try {
    const passwordFile = path.join(draft, 'password');
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
    if (user !== undefined) {
      await chown(passwordFile, user.uid, user.gid);
      await chown(draft, user.uid, user.gid);
    }
    const parameters = [
      `--pgdata=${path.join(draft, 'data')}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Sorts by code point, the same on every system.
      '--locale-provider=builtin',
      '--locale=C',
      '--builtin-locale=C.UTF-8',
      ...(durability === 'none' ? ['--no-sync'] : []),
    ];
    const { exitCode, output } = await runProgram(binaries, 'initdb', parameters, user);
    if (exitCode !== 0) throw errorFromOutput('create its data directory', output);
    await rename(draft, directory).catch((error: NodeJS.ErrnoException) => {
      // Another process that starts at the same time was first: its cluster counts.
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return readFile(path.join(directory, 'password'), 'utf8');
}

async function readPassword(directory: string): Promise<string | undefined> {
  return readFile(path.join(directory, 'password'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function checkVersion(data: string, binaries: PostgresBinaries): Promise<void> {
  const written = (await readFile(path.join(data, 'PG_VERSION'), 'utf8')).trim();
  const [installed] = binaries.version.split('.');
  if (written === installed) return;
  throw new EmbeddedPostgresError(
    'data-version-mismatch',
    `The data in ${data} was written by Postgres ${written}, but Postgres ${installed} is installed. ` +
      `Dump it with Postgres ${written} and restore it into a new directory, or point DATABASE_URL to a Postgres ${written}.`,
  );
}
