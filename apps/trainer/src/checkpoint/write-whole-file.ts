import { open, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

const sync = async (file: string): Promise<void> => {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Writes a file that is either there whole or not at all: under another name first, synced, then renamed. When writing fails, as on a
 * full disk, nothing is left behind.
 */
export const writeWholeFile = async (file: string, write: (temporary: string) => Promise<void>): Promise<void> => {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.partial`);
  await mkdir(folder, { recursive: true });
  try {
    await write(temporary);
    await sync(temporary);
    await rename(temporary, file);
    await sync(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
