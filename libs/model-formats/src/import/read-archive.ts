import { createWriteStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { open, type Entry, type ZipFile } from 'yauzl';
import { ModelFileError } from './model-file-error.js';

const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';
/** A model's config is text; a larger one is an attack or a mistake. */
const MOST_CONFIG_BYTES = 64 * 1024 * 1024;

const openZip = promisify<string, object, ZipFile>(open as never);

const entriesOf = (zip: ZipFile): Promise<Map<string, Entry>> =>
  new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', reject);
    zip.readEntry();
  });

const openEntry = (zip: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });

/**
 * Takes a `.keras` archive apart.
 * @param weights where its file of weights is to be put
 * @returns its config, as text
 * @throws ModelFileError when it is no such archive
 */
export const readArchive = async (path: string, weights: string): Promise<string> => {
  const zip = await openZip(path, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw new ModelFileError('The archive is damaged', { cause: error });
  });
  try {
    const entries = await entriesOf(zip);
    const [config, numbers] = [entries.get(CONFIG), entries.get(WEIGHTS)];
    if (config === undefined || numbers === undefined) {
      throw new ModelFileError(
        `The archive is no .keras file: it has no ${config === undefined ? CONFIG : WEIGHTS}`,
      );
    }
    if (config.uncompressedSize > MOST_CONFIG_BYTES)
      throw new ModelFileError(`${CONFIG} in the archive is too large`);
    const text = (await buffer(await openEntry(zip, config))).toString('utf8');
    await pipeline(await openEntry(zip, numbers), createWriteStream(weights, { flags: 'wx' }));
    return text;
  } finally {
    zip.close();
  }
};
