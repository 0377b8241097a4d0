import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Client } from 'minio';
import { Digester } from '../digest.js';
import { s3ErrorCode } from './s3-errors.js';

const MIB = 1 << 20;
/** Files up to this size go up in one request. It is also how much of a file each part, and each buffer, holds. */
export const PART_SIZE = 16 * MIB;
/** S3 allows 10,000 parts. */
const PART_LIMIT = 9_000;
const PARTS_AT_A_TIME = 3;

export interface MultipartUpload {
  readonly client: Client;
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
  readonly size: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Runs a request, again if need be, and translates its errors. */
  readonly attempt: <Result>(request: () => Promise<Result>) => Promise<Result>;
}

/**
 * Uploads a file in parts. Not by the client's own `fPutObject`: that one carries on any earlier upload of the same key with
 * that upload's metadata, and leaves the parts behind when it fails.
 *
 * @returns SHA-256 of the bytes that were sent
 */
export async function uploadInParts(upload: MultipartUpload): Promise<string> {
  const { client, bucket, key, attempt } = upload;
  const file = await open(upload.path, 'r');
  try {
    const id = await attempt(() => client.initiateNewMultipartUpload(bucket, key, { ...upload.headers }));
    try {
      const { parts, sha256 } = await sendParts(upload, file, id);
      await attempt(() => complete(upload, id, parts));
      return sha256;
    } catch (error) {
      await attempt(() => client.abortMultipartUpload(bucket, key, id)).catch((cause: unknown) => {
        // The parts stay until removeAbandonedUploads; what went wrong first is what the caller must know.
        if (error instanceof Error) error.cause ??= cause;
      });
      throw error;
    }
  } finally {
    await file.close();
  }
}

interface Part {
  readonly part: number;
  readonly etag: string;
}

async function sendParts(
  { client, bucket, key, size, signal, attempt }: MultipartUpload,
  file: FileHandle,
  uploadID: string,
): Promise<{ parts: Part[]; sha256: string }> {
  const partSize = Math.max(PART_SIZE, Math.ceil(size / PART_LIMIT / MIB) * MIB);
  const digester = new Digester();
  const parts: Part[] = [];
  const inFlight = new Set<Promise<void>>();
  try {
    for (let partNumber = 1; (partNumber - 1) * partSize < size; partNumber += 1) {
      signal?.throwIfAborted();
      const bytes = await readPart(
        file,
        (partNumber - 1) * partSize,
        Math.min(partSize, size - (partNumber - 1) * partSize),
      );
      digester.update(bytes);
      const sending = attempt(async () => {
        // Over TLS the client sends no digest of a part by itself.
        const headers = { 'Content-MD5': createHash('md5').update(bytes).digest('base64') };
        const { etag } = await client.uploadPart(
          { bucketName: bucket, objectName: key, uploadID, partNumber, headers },
          bytes,
        );
        parts[partNumber - 1] = { part: partNumber, etag };
      }).then(() => void inFlight.delete(sending));
      // One that fails stays in the set, where the next wait finds it.
      sending.catch(() => undefined);
      inFlight.add(sending);
      if (inFlight.size >= PARTS_AT_A_TIME) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
  } catch (error) {
    // An upload may only be aborted once no part of it is on its way any more.
    await Promise.allSettled(inFlight);
    throw error;
  }
  signal?.throwIfAborted();
  return { parts, sha256: digester.end().sha256 };
}

async function readPart(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) return buffer.subarray(0, filled);
    filled += bytesRead;
  }
  return buffer;
}

async function complete({ client, bucket, key }: MultipartUpload, id: string, parts: Part[]): Promise<void> {
  try {
    await client.completeMultipartUpload(bucket, key, id, parts);
  } catch (error) {
    // An earlier attempt may have completed the upload though its answer was lost: the check of what is stored decides.
    if (s3ErrorCode(error) !== 'NoSuchUpload') throw error;
  }
}
