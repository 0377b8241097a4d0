import http from 'node:http';
import https from 'node:https';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type BucketItem, Client } from 'minio';
import pRetry from 'p-retry';
import { type Digest, digestFile, digestOf } from '../digest.js';
import { assertSame, downloadVerified } from '../download.js';
import {
  IntegrityError,
  InvalidObjectKeyError,
  InvalidRangeError,
  ObjectNotFoundError,
  StorageUnavailableError,
} from '../errors.js';
import { assertObjectKey, assertPrefix } from '../object-key.js';
import type {
  ByteRange,
  ListedObject,
  ObjectStat,
  ObjectStore,
  PutOptions,
  StoredObject,
} from '../object-store.js';
import { withTranslatedErrors } from '../streams.js';
import { PART_SIZE, uploadInParts } from './multipart-upload.js';
import { isTransient, s3ErrorCode, translateS3Error } from './s3-errors.js';
import { withSpooled } from './spool.js';
import { type S3Timeouts, createTransport } from './transport.js';

export interface S3Options {
  /** A URL without a path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const TIMEOUTS: S3Timeouts = { connect: 3_000, idle: 30_000 };
const HEALTH_TIMEOUTS: S3Timeouts = { connect: 2_000, idle: 3_000 };
const RETRIES = { retries: 3, minTimeout: 200, maxTimeout: 2_000, randomize: true, maxRetryTime: 15_000 };
const LIST_PAGE = 1_000;

/** Objects in a bucket of an S3 server. The digest of an object is in its user metadata, written with it in one request. */
export class S3ObjectStore implements ObjectStore {
  readonly #options: S3Options;
  readonly #bucket: string;
  readonly #client: Client;
  readonly #healthClient: Client;

  constructor(options: S3Options, timeouts: S3Timeouts = TIMEOUTS) {
    this.#options = options;
    this.#bucket = options.bucket;
    this.#client = createClient(options, timeouts);
    this.#healthClient = createClient(options, HEALTH_TIMEOUTS);
  }

  async ensureReady(): Promise<void> {
    if (await this.#attempt(() => this.#bucketExists(this.#client))) return;
    await this.#attempt(async () => {
      try {
        await this.#client.makeBucket(this.#bucket, this.#options.region);
      } catch (error) {
        // Two processes may start at the same time.
        if (s3ErrorCode(error) !== 'BucketAlreadyOwnedByYou') throw error;
      }
    });
  }

  async checkHealth(): Promise<void> {
    const exists = await this.#bucketExists(this.#healthClient).catch((error: unknown) => {
      throw this.#translate(error);
    });
    if (!exists) throw this.#bucketMissing();
  }

  async put(key: string, body: Readable | Uint8Array, options: PutOptions = {}): Promise<StoredObject> {
    assertObjectKey(key);
    if (!(body instanceof Readable)) return this.#putBytes(key, Buffer.from(body), digestOf(body), options);
    return withSpooled(body, PART_SIZE, options.signal, (spooled) =>
      'bytes' in spooled
        ? this.#putBytes(key, spooled.bytes, spooled.digest, options)
        : this.#putParts(key, spooled.path, spooled.digest, options),
    );
  }

  async putFile(key: string, path: string, options: PutOptions = {}): Promise<StoredObject> {
    assertObjectKey(key);
    const digest = await digestFile(path);
    if (digest.size > PART_SIZE) return this.#putParts(key, path, digest, options);
    const bytes = await readFile(path);
    assertSame(key, digest, digestOf(bytes), 'was stored');
    return this.#putBytes(key, bytes, digest, options);
  }

  async get(key: string, { range }: { readonly range?: ByteRange } = {}): Promise<Readable> {
    assertObjectKey(key);
    return this.#attempt(
      async () => withTranslatedErrors(await this.#open(key, range), (e) => this.#translate(e)),
      key,
    );
  }

  async getFile(key: string, path: string): Promise<StoredObject> {
    return this.#attempt(async () => {
      const stored = await this.stat(key);
      await downloadVerified(key, await this.get(key), stored, path);
      return { size: stored.size, sha256: stored.sha256, etag: stored.etag };
    }, key);
  }

  async stat(key: string): Promise<ObjectStat> {
    assertObjectKey(key);
    return this.#attempt(() => this.#stat(key), key);
  }

  async remove(key: string): Promise<void> {
    assertObjectKey(key);
    await this.#attempt(() => this.#client.removeObject(this.#bucket, key), key);
  }

  async removePrefix(prefix: string): Promise<number> {
    let removed = 0;
    for await (const page of this.#pages(prefix)) {
      const keys = page.map(({ key }) => key);
      await this.#attempt(async () => {
        const [failure] = await this.#client.removeObjects(this.#bucket, keys);
        if (failure?.Error)
          throw Object.assign(new Error(failure.Error.Message), { code: failure.Error.Code });
      });
      removed += keys.length;
    }
    return removed;
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    for await (const page of this.#pages(prefix)) yield* page;
  }

  async removeAbandonedUploads(before: Date): Promise<number> {
    let removed = 0;
    for (let keyMarker = '', idMarker = ''; ;) {
      const page = await this.#attempt(() =>
        this.#client.listIncompleteUploadsQuery(this.#bucket, '', keyMarker, idMarker, ''),
      );
      for (const { key, uploadId, initiated } of page.uploads) {
        if (new Date(initiated) >= before) continue;
        await this.#attempt(() => this.#client.abortMultipartUpload(this.#bucket, key, uploadId));
        removed += 1;
      }
      if (!page.isTruncated) return removed;
      keyMarker = page.nextKeyMarker;
      idMarker = page.nextUploadIdMarker;
    }
  }

  async #putBytes(key: string, bytes: Buffer, digest: Digest, options: PutOptions): Promise<StoredObject> {
    options.signal?.throwIfAborted();
    await this.#attempt(
      () => this.#client.putObject(this.#bucket, key, bytes, bytes.length, headersOf(digest, options)),
      key,
    );
    return this.#verify(key, digest);
  }

  async #putParts(key: string, path: string, digest: Digest, options: PutOptions): Promise<StoredObject> {
    const sha256 = await uploadInParts({
      client: this.#client,
      bucket: this.#bucket,
      key,
      path,
      size: digest.size,
      headers: prefixed(headersOf(digest, options)),
      attempt: (request) => this.#attempt(request, key),
      ...(options.signal && { signal: options.signal }),
    });
    assertSame(key, digest, { size: digest.size, sha256 }, 'was stored');
    return this.#verify(key, digest);
  }

  /** The server has checked each request's bytes against a digest; this makes sure that it kept all of them. */
  async #verify(key: string, digest: Digest): Promise<StoredObject> {
    const { size, sha256, etag } = await this.stat(key);
    assertSame(key, digest, { size, sha256 }, 'was stored');
    return { size, sha256, ...(etag !== undefined && { etag }) };
  }

  async #stat(key: string): Promise<ObjectStat> {
    try {
      const { size, metaData, lastModified, etag } = await this.#client.statObject(this.#bucket, key);
      const { sha256, 'content-type': contentType } = metaData as Record<string, string | undefined>;
      if (sha256 === undefined) throw new IntegrityError(key, 'has no recorded digest');
      return {
        key,
        size,
        sha256,
        etag,
        lastModified,
        contentType: contentType ?? 'application/octet-stream',
      };
    } catch (error) {
      // An answer to HEAD has no body that would tell whether the object is missing or the bucket.
      const missing = s3ErrorCode(error) === 'NotFound';
      if (missing && !(await this.#bucketExists(this.#client))) throw this.#bucketMissing();
      throw error;
    }
  }

  async #open(key: string, range: ByteRange | undefined): Promise<Readable> {
    if (range === undefined) return this.#client.getObject(this.#bucket, key);
    const { start, end } = range;
    if (end !== undefined && end < start) throw new InvalidRangeError(key, `${start}-${end}`);
    try {
      // The client leaves the range out when both are 0, which stands for the whole object anyway.
      return await this.#client.getPartialObject(
        this.#bucket,
        key,
        start,
        end === undefined ? 0 : end - start + 1,
      );
    } catch (error) {
      if (s3ErrorCode(error) !== 'InvalidRange') throw error;
      throw new InvalidRangeError(key, `${start}-${end ?? ''}`, { cause: error });
    }
  }

  async *#pages(prefix: string): AsyncGenerator<ListedObject[]> {
    assertPrefix(prefix);
    for (let token = ''; ;) {
      const page = await this.#attempt(() =>
        this.#client.listObjectsV2Query(this.#bucket, prefix, token, '', LIST_PAGE, ''),
      );
      if (page.objects.length > 0) yield page.objects.flatMap(listedObject);
      if (!page.isTruncated) return;
      token = page.nextContinuationToken;
    }
  }

  /** Runs a request, and a few times more while it fails for a reason that may pass. Translates its errors. */
  async #attempt<Result>(request: () => Promise<Result>, key?: string): Promise<Result> {
    return pRetry(
      async () => {
        try {
          return await request();
        } catch (error) {
          throw this.#translate(error, key);
        }
      },
      { ...RETRIES, shouldRetry: ({ error }) => isTransient(error) },
    );
  }

  #translate(error: unknown, key?: string): Error {
    const code = s3ErrorCode(error);
    if (key !== undefined && (code === 'NotFound' || code === 'NoSuchKey')) {
      return new ObjectNotFoundError(key, { cause: error });
    }
    if (key !== undefined && (code === 'ObjectParentIsFile' || code === 'ExistingObjectIsDirectory')) {
      return new InvalidObjectKeyError(key, 'is a folder of another key, or another key is one of it', {
        cause: error,
      });
    }
    return translateS3Error(error, this.#options.endpoint);
  }

  /** By listing, because an answer to HEAD has no body to tell a missing bucket from an unknown access key. */
  async #bucketExists(client: Client): Promise<boolean> {
    try {
      await client.listObjectsV2Query(this.#bucket, '', '', '', 1, '');
      return true;
    } catch (error) {
      if (s3ErrorCode(error) === 'NoSuchBucket') return false;
      throw error;
    }
  }

  #bucketMissing(): StorageUnavailableError {
    const { endpoint } = this.#options;
    return new StorageUnavailableError('bucket', `the bucket ${this.#bucket} does not exist at ${endpoint}`);
  }
}

function createClient(options: S3Options, timeouts: S3Timeouts): Client {
  const { protocol, hostname, port } = new URL(options.endpoint);
  const secure = protocol === 'https:';
  return new Client({
    endPoint: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    useSSL: secure,
    region: options.region,
    accessKey: options.accessKeyId,
    secretKey: options.secretAccessKey,
    transport: createTransport(secure, timeouts),
    transportAgent: new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 64 }),
    retryOptions: { disableRetry: true },
  });
}

function headersOf(digest: Digest, options: PutOptions): Record<string, string> {
  return { 'Content-Type': options.contentType ?? 'application/octet-stream', sha256: digest.sha256 };
}

/** The request that begins an upload in parts takes headers as they are, where `putObject` takes metadata. */
function prefixed({ sha256, ...headers }: Record<string, string>): Record<string, string> {
  return { ...headers, 'x-amz-meta-sha256': sha256 ?? '' };
}

function listedObject(item: BucketItem): ListedObject[] {
  if (item.name === undefined) return [];
  return [{ key: item.name, size: item.size, lastModified: item.lastModified }];
}
