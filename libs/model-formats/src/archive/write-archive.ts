import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { writeAtomically } from '../atomic-file.js';

/** What stands in a `.keras` archive: the config, and a file with the weights. */
export interface ArchiveParts {
  readonly kerasVersion: string;
  /** JSON. */
  readonly config: string;
  /** Path of a `.weights.h5` file, which is moved into the archive. */
  readonly weights: string;
}

/** As Keras writes it: `2026-11-24@12:49:24`. */
const dateSaved = (): string => new Date().toISOString().slice(0, 19).replace('T', '@');

/** Keras reads archives without compression faster; numbers hardly compress anyway. */
const STORED = { compress: false } as const;

/** Writes a `.keras` archive, whole or not at all. The file of weights is gone afterwards in either case. */
export const writeArchive = async (
  path: string,
  { kerasVersion, config, weights }: ArchiveParts,
): Promise<void> => {
  try {
    await writeAtomically(path, async (temporary) => {
      const zip = new ZipFile();
      const metadata = { keras_version: kerasVersion, date_saved: dateSaved() };
      zip.addBuffer(Buffer.from(JSON.stringify(metadata)), 'metadata.json', STORED);
      zip.addBuffer(Buffer.from(config), 'config.json', STORED);
      zip.addFile(weights, 'model.weights.h5', STORED);
      zip.end();
      await pipeline(zip.outputStream, createWriteStream(temporary, { flags: 'wx' }));
    });
  } finally {
    await rm(weights, { force: true });
  }
};
