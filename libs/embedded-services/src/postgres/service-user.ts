import { execFile } from 'node:child_process';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

const run = promisify(execFile);

/** The user that Postgres runs as. */
export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Postgres refuses to run as root. Under root it runs as the user whom the cluster belongs to, if there is one yet;
 * else as `postgres`, or as `nobody` where there is no such user. Otherwise it runs as the user of this process, which
 * is told by `undefined`. No user is ever created.
 *
 * @param cluster path of a cluster, which need not exist
 */
export async function chooseServiceUser(cluster: string): Promise<ServiceUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await findOwner(cluster);
  if (owner !== undefined && owner.uid !== 0) return owner;
  for (const name of ['postgres', 'nobody']) {
    const user = await findUser(name);
    if (user !== undefined) return user;
  }
  throw new EmbeddedPostgresError(
    'no-service-user',
    'Postgres must not run as root, and there is neither a user "postgres" nor "nobody". Create one, or run as another user.',
  );
}

async function findOwner(file: string): Promise<ServiceUser | undefined> {
  const status = await statIfPresent(file);
  return status && { name: String(status.uid), uid: status.uid, gid: status.gid };
}

async function findUser(name: string): Promise<ServiceUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => (await run('id', [flag, name])).stdout),
    );
    return { name, uid: Number(uid), gid: Number(gid) };
  } catch (error) {
    // `id` ends with 1 for a name that it does not know.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined;
    throw error;
  }
}

/**
 * Whether `user` may pass through every folder on the way to `target` (as far as it exists) and enter it.
 * Looks at mode bits only: where an access list allows more, the answer is no, which costs a copy and nothing else.
 */
export async function canReach(target: string, user: ServiceUser): Promise<boolean> {
  const { root } = path.parse(target);
  let folder = root;
  for (const part of ['', ...path.relative(root, target).split(path.sep)]) {
    folder = path.join(folder, part);
    const status = await statIfPresent(folder);
    if (status === undefined) return true;
    const shift = status.uid === user.uid ? 6 : status.gid === user.gid ? 3 : 0;
    if (((status.mode >> shift) & 0o5) !== 0o5) return false;
  }
  return true;
}

async function statIfPresent(file: string): Promise<Stats | undefined> {
  return stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
