import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './filesystem-errors.js';

/** Paths of all files below a folder, relative to it with `/` between names, in the order of their bytes. */
export async function* walkFiles(root: string, folder = ''): AsyncGenerator<string> {
  for (const entry of await entriesOf(path.join(root, folder))) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walkFiles(root, name);
    else yield name;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    // A folder sorts as its name and a slash, as the keys in it do.
    return entries.sort((a, b) => compare(sortName(a), sortName(b)));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

const sortName = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
