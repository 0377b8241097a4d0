import { randomBytes, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { digestFile } from '../digest.js';
import { assertSame, downloadVerified } from '../download.js';
import { IntegrityError, InvalidObjectKeyError, InvalidRangeError, ObjectNotFoundError } from '../errors.js';
import { assertObjectKey, assertPrefix } from '../object-key.js';
import type {
  ByteRange,
  ListedObject,
  ObjectStat,
  ObjectStore,
  PutOptions,
  StoredObject,
} from '../object-store.js';
import { SourceFailure, withTranslatedErrors, writeNewFile } from '../streams.js';
import { moveInto, pruneEmptyFolders } from './durable-file.js';
import { type Entry, entryTime, readEntry } from './entry.js';
import { errorCode, translateFilesystemError } from './filesystem-errors.js';
import { walkFiles } from './walk.js';

/**
 * Objects as files of a local disk. An object is an entry file, which names its content file and says what is in it:
 *
 *     entries/<key>             JSON: size, digest, name of the content file
 *     content/<key>~<version>   the bytes
 *     incoming/<random>         what is being written
 *
 * Renaming the entry into place is what stores, replaces or removes an object, so content and digest can't go out of step.
 */
export class FilesystemObjectStore implements ObjectStore {
  readonly #root: string;
  readonly #entries: string;
  readonly #content: string;
  readonly #incoming: string;

  constructor(root: string) {
    this.#root = path.resolve(root);
    this.#entries = path.join(this.#root, 'entries');
    this.#content = path.join(this.#root, 'content');
    this.#incoming = path.join(this.#root, 'incoming');
  }

  async ensureReady(): Promise<void> {
    await this.#guarded(async () => {
      for (const folder of [this.#entries, this.#content, this.#incoming]) {
        await mkdir(folder, { recursive: true });
      }
    });
    await this.checkHealth();
  }

  async checkHealth(): Promise<void> {
    await this.#guarded(async () => {
      const probe = this.#incomingPath();
      await writeFile(probe, '');
      await rm(probe);
      await stat(this.#entries);
    });
  }

  async put(key: string, body: Readable | Uint8Array, options: PutOptions = {}): Promise<StoredObject> {
    const source = body instanceof Readable ? body : Readable.from([body]);
    try {
      assertObjectKey(key);
      return await this.#guarded(() => this.#store(key, source, options));
    } catch (error) {
      throw error instanceof SourceFailure ? error.reason : error;
    } finally {
      source.destroy();
    }
  }

  async putFile(key: string, file: string, options: PutOptions = {}): Promise<StoredObject> {
    assertObjectKey(key);
    const handle = await open(file, 'r');
    return this.put(key, handle.createReadStream({ highWaterMark: 1 << 20 }), options);
  }

  async get(key: string, { range }: { readonly range?: ByteRange } = {}): Promise<Readable> {
    assertObjectKey(key);
    return this.#guarded(async () => {
      const { entry, handle } = await this.#openContent(key);
      const start = range?.start ?? 0;
      const end = Math.min(range?.end ?? Infinity, entry.size - 1);
      if (range !== undefined && (start >= entry.size || start > end)) {
        await handle.close();
        throw new InvalidRangeError(key, `${start}-${range.end ?? ''}`);
      }
      if (entry.size === 0) {
        await handle.close();
        return Readable.from([]);
      }
      return withTranslatedErrors(handle.createReadStream({ start, end }), (error) => this.#translate(error));
    });
  }

  async getFile(key: string, file: string): Promise<StoredObject> {
    assertObjectKey(key);
    const { entry, handle } = await this.#guarded(() => this.#openContent(key));
    const content = handle.createReadStream({ highWaterMark: 1 << 20 });
    const translated = withTranslatedErrors(content, (error) => this.#translate(error));
    await downloadVerified(key, translated, entry, file);
    return { size: entry.size, sha256: entry.sha256 };
  }

  async stat(key: string): Promise<ObjectStat> {
    assertObjectKey(key);
    return this.#guarded(async () => {
      const found = await this.#statEntry(key);
      if (found === undefined) throw new ObjectNotFoundError(key);
      const { size, sha256, contentType, lastModified } = found;
      return { key, size, sha256, contentType, lastModified };
    });
  }

  async remove(key: string): Promise<void> {
    assertObjectKey(key);
    await this.#guarded(async () => {
      const removed = this.#incomingPath();
      try {
        // Moved away first: the entry read afterwards is the very one that was removed.
        await rename(this.#entryPath(key), removed);
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return;
        throw error;
      }
      const entry = await readEntry(key, removed);
      if (entry !== undefined) await rm(this.#contentPath(key, entry), { force: true });
      await rm(removed, { force: true });
      await pruneEmptyFolders(path.dirname(this.#entryPath(key)), this.#entries);
      await pruneEmptyFolders(path.dirname(path.join(this.#content, key)), this.#content);
    });
  }

  async removePrefix(prefix: string): Promise<number> {
    let removed = 0;
    for await (const { key } of this.list(prefix)) {
      await this.remove(key);
      removed += 1;
    }
    return removed;
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    assertPrefix(prefix);
    try {
      await stat(this.#entries);
      for await (const key of walkFiles(this.#entries, prefix.slice(0, -1))) {
        const found = await this.#statEntry(key);
        if (found !== undefined) yield { key, size: found.size, lastModified: found.lastModified };
      }
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async removeAbandonedUploads(before: Date): Promise<number> {
    return this.#guarded(async () => {
      let removed = 0;
      for (const root of [this.#incoming, this.#content]) {
        for await (const name of walkFiles(root)) {
          const file = path.join(root, name);
          if (!(await isOlder(file, before))) continue;
          if (root === this.#content && (await this.#isNamed(name))) continue;
          await rm(file, { force: true });
          removed += 1;
        }
      }
      return removed;
    });
  }

  async #store(key: string, source: Readable, options: PutOptions): Promise<StoredObject> {
    const incoming = this.#incomingPath();
    const incomingEntry = this.#incomingPath();
    const content = `${path.basename(key)}~${randomBytes(6).toString('hex')}`;
    const contentPath = path.join(this.#content, path.dirname(key), content);
    try {
      const digest = await writeNewFile(source, incoming, options.signal);
      assertSame(key, digest, await digestFile(incoming), 'was stored');
      const entry: Entry = {
        version: 1,
        content,
        ...digest,
        contentType: options.contentType ?? 'application/octet-stream',
      };
      await writeFile(incomingEntry, JSON.stringify(entry), { flush: true });
      const replaced = await readEntry(key, this.#entryPath(key));
      await moveInto(incoming, contentPath);
      await this.#moveEntry(key, incomingEntry);
      if (replaced !== undefined) await rm(this.#contentPath(key, replaced), { force: true });
      return digest;
    } catch (error) {
      for (const file of [incoming, incomingEntry]) await rm(file, { force: true });
      await this.#removeUnnamed(key, content, contentPath);
      throw error;
    }
  }

  async #moveEntry(key: string, incomingEntry: string): Promise<void> {
    try {
      await moveInto(incomingEntry, this.#entryPath(key));
    } catch (error) {
      if (['EISDIR', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST'].includes(errorCode(error) ?? '')) {
        throw new InvalidObjectKeyError(key, 'is a folder of another key, or another key is one of it', {
          cause: error,
        });
      }
      throw error;
    }
  }

  /** After a failed put: content that no entry has come to name. */
  async #removeUnnamed(key: string, content: string, contentPath: string): Promise<void> {
    const entry = await readEntry(key, this.#entryPath(key));
    if (entry?.content === content) return;
    await rm(contentPath, { force: true });
    await pruneEmptyFolders(path.dirname(contentPath), this.#content);
  }

  async #openContent(key: string): Promise<{ entry: Entry; handle: FileHandle }> {
    for (let previous: string | undefined; ;) {
      const entry = await readEntry(key, this.#entryPath(key));
      if (entry === undefined) throw await this.#notFound(key);
      try {
        const handle = await open(this.#contentPath(key, entry), 'r');
        const { size } = await handle.stat();
        if (size === entry.size) return { entry, handle };
        await handle.close();
        throw new IntegrityError(key, `has ${size} bytes instead of ${entry.size}`);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
        // A concurrent put replaces the entry before it removes the old content: then the next look finds the new one.
        if (previous === entry.content)
          throw new IntegrityError(key, 'has lost its content', { cause: error });
        previous = entry.content;
      }
    }
  }

  async #statEntry(key: string): Promise<(Entry & { lastModified: Date }) | undefined> {
    const file = this.#entryPath(key);
    const entry = await readEntry(key, file);
    if (entry === undefined) {
      // Throws when it is not the object that is missing but the whole store.
      await stat(this.#entries);
      return undefined;
    }
    try {
      return { ...entry, lastModified: await entryTime(file) };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #notFound(key: string): Promise<ObjectNotFoundError> {
    await stat(this.#entries);
    return new ObjectNotFoundError(key);
  }

  /** Whether a content file is the one that its key's entry names. */
  async #isNamed(contentName: string): Promise<boolean> {
    const key = contentName.slice(0, contentName.lastIndexOf('~'));
    const entry = await readEntry(key, this.#entryPath(key));
    return entry?.content === path.basename(contentName);
  }

  #entryPath(key: string): string {
    return path.join(this.#entries, key);
  }

  #contentPath(key: string, entry: Entry): string {
    return path.join(this.#content, path.dirname(key), entry.content);
  }

  #incomingPath(): string {
    return path.join(this.#incoming, randomUUID());
  }

  #translate(error: unknown): Error {
    return translateFilesystemError(error, this.#root);
  }

  async #guarded<Result>(operation: () => Promise<Result>): Promise<Result> {
    try {
      return await operation();
    } catch (error) {
      throw this.#translate(error);
    }
  }
}

async function isOlder(file: string, before: Date): Promise<boolean> {
  try {
    // Renaming changes ctime and not mtime: what has just been moved into place is young.
    return (await stat(file)).ctime < before;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
