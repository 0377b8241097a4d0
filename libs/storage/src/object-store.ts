import type { Readable } from 'node:stream';

/** Bytes `start` to `end`, both inclusive and counted from 0, as in HTTP's Range; without `end`, to the last. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface PutOptions {
  /** Default: `application/octet-stream`. */
  readonly contentType?: string;
  /** Ends the upload; the promise rejects with the signal's reason and nothing is left in the store. */
  readonly signal?: AbortSignal;
}

/** What the store says that it holds, after it was checked against what was sent. */
export interface StoredObject {
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
  /** Only of stores that have one. Opaque. */
  readonly etag?: string;
}

export interface ObjectStat extends StoredObject {
  readonly key: string;
  readonly contentType: string;
  readonly lastModified: Date;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date;
}

/**
 * Keeps objects: immutable sequences of bytes under a key, each with its SHA-256 digest. An object is there as a whole or not
 * at all, and once a put has resolved it survives a crash. Writing to a key again replaces its object; readers that have begun
 * still get the old one. Objects are only ever written through this port, or they have no digest.
 *
 * Not promised: locks, versions, listing that sees concurrent writes, more than one winner of concurrent puts.
 *
 * Every method may throw StorageUnavailableError, within seconds when the store can't be reached, and
 * InvalidObjectKeyError when a key breaks the rules of `assertObjectKey`.
 */
export interface ObjectStore {
  /** Creates the bucket or folder if need be. To be called once at the start. */
  ensureReady(): Promise<void>;

  /** Resolves when the store answers and its bucket or folder is there. Quick, and never retried. */
  checkHealth(): Promise<void>;

  /**
   * Stores the bytes of a stream or buffer. When the stream fails, its error is thrown and nothing is stored.
   *
   * @throws StorageFullError
   * @throws IntegrityError when the store doesn't hold what was sent
   */
  put(key: string, body: Readable | Uint8Array, options?: PutOptions): Promise<StoredObject>;

  /**
   * Stores a file.
   *
   * @throws StorageFullError
   * @throws IntegrityError when the store doesn't hold what was sent
   */
  putFile(key: string, path: string, options?: PutOptions): Promise<StoredObject>;

  /**
   * Opens an object. The stream fails with the port's errors; its bytes are not checked against the digest.
   *
   * @throws ObjectNotFoundError
   * @throws InvalidRangeError
   */
  get(key: string, options?: { readonly range?: ByteRange }): Promise<Readable>;

  /**
   * Writes an object to a file, which is there as a whole, checked against the digest, or not at all.
   *
   * @throws ObjectNotFoundError
   * @throws IntegrityError
   * @throws StorageFullError when the disk that the file is on is full
   */
  getFile(key: string, path: string): Promise<StoredObject>;

  /** @throws ObjectNotFoundError */
  stat(key: string): Promise<ObjectStat>;

  /** Removes an object. It is no error if there is none. */
  remove(key: string): Promise<void>;

  /** Removes every object whose key starts with the prefix, which ends with a slash. @returns how many */
  removePrefix(prefix: string): Promise<number>;

  /** The objects whose key starts with the prefix, which is empty or ends with a slash, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>;

  /** Frees what uploads left behind that began before the time given and died with their process. @returns how many */
  removeAbandonedUploads(before: Date): Promise<number>;
}
