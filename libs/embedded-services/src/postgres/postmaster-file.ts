import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** What a running server writes into `postmaster.pid` in its data directory. */
export interface Postmaster {
  readonly pid: number;
  /** `undefined` until the server listens. */
  readonly port: number | undefined;
  readonly content: string;
}

/** The server that has the data directory open, or `undefined` when there is none, or only what a killed one left. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const postmaster = await readPostmasterFile(data);
  if (postmaster === undefined || !isAlive(postmaster.pid)) return undefined;
  return (await isPostgresOf(data, postmaster.pid)) ? postmaster : undefined;
}

/**
 * Removes a `postmaster.pid` whose process id now belongs to another program, which happens after a restart of the
 * machine or the container: Postgres itself would take that program for a running server and refuse to start.
 */
export async function removeStalePostmasterFile(data: string): Promise<void> {
  const postmaster = await readPostmasterFile(data);
  if (postmaster === undefined || !isAlive(postmaster.pid) || (await isPostgresOf(data, postmaster.pid)))
    return;
  const file = path.join(data, 'postmaster.pid');
  const aside = `${file}.stale`;
  await rename(file, aside);
  // A server that started meanwhile wrote a new file: give it back.
  if ((await readFile(aside, 'utf8')) === postmaster.content) await rm(aside);
  else await rename(aside, file);
}

async function readPostmasterFile(data: string): Promise<Postmaster | undefined> {
  const content = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (content === undefined) return undefined;
  const [pid = '', , , port = ''] = content.split('\n');
  if (!/^\d+$/.test(pid)) return undefined;
  return { pid: Number(pid), port: /^\d+$/.test(port) ? Number(port) : undefined, content };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Anything but "no such process" means that it exists and belongs to somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

async function isPostgresOf(data: string, pid: number): Promise<boolean> {
  // Only Linux shows command lines as files; elsewhere a live process gets the benefit of the doubt.
  if (process.platform !== 'linux') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.split('\0').includes(data);
}
