import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invalidDataset } from '../invalid-dataset-error.js';
import { TextChecker } from './text-checker.js';
import { UniversalNewlines } from './universal-newlines.js';

export interface ReceivedUpload {
  /** Of the upload as it came. */
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Writes an upload to a file in constant memory: as UTF-8 without a byte order mark, each line ending in `\n`.
 *
 * @throws InvalidDatasetError when it is not text in UTF-8, or empty
 */
export async function receiveUpload(
  source: Readable,
  path: string,
  signal?: AbortSignal,
): Promise<ReceivedUpload> {
  const hash = createHash('sha256');
  const text = new TextChecker();
  const newlines = new UniversalNewlines();
  let sizeBytes = 0;
  async function* converted(): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer | string>) {
      const bytes = Buffer.from(chunk as Buffer);
      hash.update(bytes);
      sizeBytes += bytes.length;
      yield newlines.convert(text.check(bytes));
    }
    text.end();
    if (sizeBytes === 0)
      throw invalidDataset('the file is empty', { expected: 'a CSV file with a header line' });
  }
  try {
    await pipeline(converted(), createWriteStream(path, { highWaterMark: 1 << 20 }), { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
