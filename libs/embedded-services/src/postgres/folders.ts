import { createHash } from 'node:crypto';
import { chmod, mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { canReach, type ServiceUser } from './service-user.js';

/** Where data and binaries go when Postgres's user can't reach the places that were asked for. */
export const defaultFallbackDirectory = '/var/lib/epochal';

/** The user's folder for files that can be made again, usually `~/.cache/epochal`; `EPOCHAL_CACHE_DIR` moves it. */
export function cacheDirectory(): string {
  const chosen = process.env['EPOCHAL_CACHE_DIR'];
  if (chosen) return path.resolve(chosen);
  const base = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  return path.join(base, 'epochal');
}

/** What {@link chooseFolder} has to decide on. */
export interface FolderChoice {
  /** An absolute path. */
  readonly wanted: string;
  readonly user: ServiceUser | undefined;
  readonly fallbackDirectory: string;
  readonly log: (message: string) => void;
}

/**
 * Makes and returns the folder that Postgres works in: the wanted one, or, if its user can't get there (a clone
 * below `/root`, say), one in the fallback directory whose name follows from the wanted path.
 */
export async function chooseFolder({ wanted, user, fallbackDirectory, log }: FolderChoice): Promise<string> {
  if (user === undefined || (await canReach(wanted, user))) return createFolder(wanted);
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const chosen = path.join(fallbackDirectory, `${path.basename(wanted)}-${digest}`);
  log(`The user "${user.name}", which Postgres runs as, can't reach ${wanted}: its data is in ${chosen}.`);
  return createFolder(chosen);
}

/** Makes a folder that others can pass through, whatever the umask says, and returns its real path. */
export async function createFolder(folder: string): Promise<string> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) {
    for (let created = folder; created.length >= first.length; created = path.dirname(created)) {
      await chmod(created, 0o755);
    }
  }
  return realpath(folder);
}
