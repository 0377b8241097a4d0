import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Digest } from './digest.js';
import { IntegrityError, StorageFullError } from './errors.js';
import { moveInto } from './filesystem/durable-file.js';
import { errorCode } from './filesystem/filesystem-errors.js';
import { SourceFailure, writeNewFile } from './streams.js';

/**
 * Writes an object's content to a file beside `path`, checks it, and only then gives it its name.
 *
 * @throws IntegrityError when the content is not what was recorded
 * @throws StorageFullError when the disk of `path` is full
 */
export async function downloadVerified(
  key: string,
  content: Readable,
  expected: Digest,
  path: string,
): Promise<void> {
  const partial = `${path}.${randomUUID()}.part`;
  try {
    const found = await writeNewFile(content, partial);
    assertSame(key, expected, found, 'arrived');
    await moveInto(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof SourceFailure) throw error.reason;
    if (errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT') {
      throw new StorageFullError(`the disk has no room for ${path}`, { cause: error });
    }
    throw error;
  }
}

/** @throws IntegrityError when two digests differ */
export function assertSame(
  key: string,
  expected: Digest,
  found: Digest,
  verb: 'arrived' | 'was stored',
): void {
  if (expected.size !== found.size) {
    throw new IntegrityError(key, `${verb} with ${found.size} bytes instead of ${expected.size}`);
  }
  if (expected.sha256 !== found.sha256) {
    throw new IntegrityError(key, `${verb} with SHA-256 ${found.sha256} instead of ${expected.sha256}`);
  }
}
