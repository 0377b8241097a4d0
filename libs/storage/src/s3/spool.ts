import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type Digest, digestOf } from '../digest.js';
import { StorageFullError } from '../errors.js';
import { SourceFailure, writeNewFile } from '../streams.js';

/** All of a stream: in memory when it is small, else in a temporary file. */
export type Spooled =
  { readonly bytes: Buffer; readonly digest: Digest } | { readonly path: string; readonly digest: Digest };

/**
 * Takes a whole stream in before any of it is sent: S3 wants the digest first, and only what is kept can be sent again.
 *
 * @throws StorageFullError when the folder of temporary files is full
 */
export async function withSpooled<Result>(
  source: Readable,
  limit: number,
  signal: AbortSignal | undefined,
  use: (spooled: Spooled) => Promise<Result>,
): Promise<Result> {
  const file = path.join(tmpdir(), `epochal-upload-${randomUUID()}`);
  try {
    return await use(await spool(source, limit, file, signal));
  } finally {
    source.destroy();
    await rm(file, { force: true });
  }
}

async function spool(
  source: Readable,
  limit: number,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Spooled> {
  const iterator = source.iterator({ destroyOnReturn: false });
  const head: Buffer[] = [];
  let size = 0;
  while (size <= limit) {
    signal?.throwIfAborted();
    const { done, value } = (await iterator.next()) as IteratorResult<Buffer, undefined>;
    if (done) {
      const bytes = Buffer.concat(head);
      return { bytes, digest: digestOf(bytes) };
    }
    head.push(Buffer.from(value));
    size += value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* head.splice(0);
    yield* { [Symbol.asyncIterator]: () => iterator as AsyncIterator<Uint8Array> };
  }
  try {
    return { path: file, digest: await writeNewFile(whole(), file, signal) };
  } catch (error) {
    if (error instanceof SourceFailure) throw error.reason;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new StorageFullError(`the folder of temporary files ${tmpdir()} is full`, { cause: error });
    }
    throw error;
  }
}
