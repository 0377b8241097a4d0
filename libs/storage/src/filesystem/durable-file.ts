import { mkdir, open, rename, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './filesystem-errors.js';

/** Makes what a folder lists survive a crash: new names, renames and removals in it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames a file in one step, replacing what is there, and makes that durable. Folders on the way are made. */
export async function moveInto(from: string, to: string): Promise<void> {
  const folder = path.dirname(to);
  for (let attempt = 1; ; attempt += 1) {
    const firstNew = await mkdir(folder, { recursive: true });
    try {
      await rename(from, to);
    } catch (error) {
      // A concurrent removal may have pruned the folder that was just made.
      if (errorCode(error) === 'ENOENT' && attempt < 20) continue;
      throw error;
    }
    const last = firstNew === undefined ? folder : path.dirname(firstNew);
    for (let current = folder; ; current = path.dirname(current)) {
      await syncFolder(current);
      if (current === last) return;
    }
  }
}

/** Removes the folders from `folder` up to, and without, `root` as long as they are empty. */
export async function pruneEmptyFolders(folder: string, root: string): Promise<void> {
  for (let current = folder; current !== root; current = path.dirname(current)) {
    try {
      await rmdir(current);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return;
      if (code !== 'ENOENT') throw error;
    }
  }
}
