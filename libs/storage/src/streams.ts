import { createWriteStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Digest, Digester } from './digest.js';

/** Reads on from `source`; when it fails, the returned stream fails with what `translate` makes of the error. */
export function withTranslatedErrors(source: Readable, translate: (error: unknown) => Error): Readable {
  const target = new PassThrough();
  source.once('error', (error) => target.destroy(translate(error)));
  target.once('close', () => source.destroy());
  return source.pipe(target);
}

/** The stream that was to be written failed (or its signal ended it), as opposed to what it was written to. */
export class SourceFailure extends Error {
  constructor(readonly reason: unknown) {
    super('the source of the upload failed');
  }
}

/**
 * Writes a stream to a new file, through to the disk, in constant memory.
 *
 * @throws SourceFailure with the stream's own error, or the signal's reason
 */
export async function writeNewFile(
  source: AsyncIterable<Uint8Array>,
  path: string,
  signal?: AbortSignal,
): Promise<Digest> {
  const digester = new Digester();
  let failure: SourceFailure | undefined;
  async function* digested(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source) {
        digester.update(chunk);
        yield chunk;
      }
    } catch (error) {
      failure = new SourceFailure(error);
      throw failure;
    }
  }
  try {
    await pipeline(digested(), createWriteStream(path, { flags: 'wx', flush: true }), { signal });
  } catch (error) {
    if (signal?.aborted) throw new SourceFailure(signal.reason);
    throw failure ?? error;
  }
  return digester.end();
}
