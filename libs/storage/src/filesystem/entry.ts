import { readFile, stat } from 'node:fs/promises';
import { IntegrityError } from '../errors.js';
import { errorCode } from './filesystem-errors.js';

/** What is recorded of an object: where its content is, and what it must be. */
export interface Entry {
  readonly version: 1;
  /** Name of the content file, beside which other versions may lie for a moment. */
  readonly content: string;
  readonly size: number;
  readonly sha256: string;
  readonly contentType: string;
}

/** Reads an entry file. @returns undefined when there is none @throws IntegrityError when it makes no sense */
export async function readEntry(key: string, file: string): Promise<Entry | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    // ENOTDIR: a part of the key's path is an object itself; EISDIR: the key is a folder of others.
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
  return parseEntry(key, text);
}

function parseEntry(key: string, text: string): Entry {
  let entry: Partial<Entry>;
  try {
    entry = JSON.parse(text) as Partial<Entry>;
  } catch (error) {
    throw new IntegrityError(key, 'has a damaged entry', { cause: error });
  }
  const { version, content, size, sha256, contentType } = entry;
  if (
    version !== 1 ||
    typeof content !== 'string' ||
    typeof size !== 'number' ||
    typeof sha256 !== 'string' ||
    typeof contentType !== 'string'
  ) {
    throw new IntegrityError(key, 'has an entry of an unknown form');
  }
  return { version, content, size, sha256, contentType };
}

/** When the object was stored: the entry file is written last. */
export async function entryTime(file: string): Promise<Date> {
  return (await stat(file)).mtime;
}
