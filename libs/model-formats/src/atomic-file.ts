import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const syncFile = async (file: string): Promise<void> => {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Makes a file that is either whole or not there, whatever happens meanwhile: it is written under another name in the same
 * folder, flushed to the disk and then renamed. When writing fails, as on a full disk, nothing is left behind.
 * @param write makes the file at the path that it is given
 */
export const writeAtomically = async <T>(
  target: string,
  write: (temporary: string) => Promise<T>,
): Promise<T> => {
  const folder = path.dirname(target);
  const temporary = path.join(folder, `.${path.basename(target)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    const result = await write(temporary);
    await syncFile(temporary);
    await rename(temporary, target);
    await syncFolder(folder);
    return result;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
