import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IntegrityError, ObjectNotFoundError, StorageFullError, StorageUnavailableError } from './errors.js';
import type { ObjectStore } from './object-store.js';

/** A store and what can happen to the real thing behind it. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Changes one byte of what is stored under a key, behind the store's back. */
  corrupt(key: string): Promise<void>;
  /** Takes the bucket or folder away. */
  removeContainer(): Promise<void>;
  /** Every file that the store keeps, to see that nothing is left over. */
  files(this: void): Promise<string[]>;
  close(): Promise<void>;
}

export interface Adapter {
  /** A ready store, empty. */
  readonly open: () => Promise<StoreUnderTest>;
  /** A ready store with room for about 20 MB. */
  readonly openSmall: () => Promise<StoreUnderTest>;
}

const MB = 1_000_000;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The guarantees of the port, which every adapter keeps. */
export function describeObjectStore(name: 'files' | 'bucket', adapter: Adapter): void {
  describe(`object store: ${name}`, () => {
    let opened: StoreUnderTest;
    let store: ObjectStore;
    let folder: string;
    beforeAll(async () => {
      opened = await adapter.open();
      ({ store } = opened);
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'epochal-storage-'));
    });
    afterEach(async () => {
      await store.removePrefix('');
      await rm(folder, { recursive: true });
    });

    const file = async (bytes: Uint8Array): Promise<string> => {
      const target = path.join(folder, `${randomBytes(4).toString('hex')}.bin`);
      await writeFile(target, bytes);
      return target;
    };
    const read = async (key: string): Promise<Buffer> => buffer(await store.get(key));
    const keys = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const { key } of store.list(prefix)) found.push(key);
      return found;
    };
    const sizes = [0, 1, 65_537, 16 * 1024 * 1024, 40 * MB];

    it.each(sizes)('gives back a file of %i bytes byte for byte, with its size and digest', async (size) => {
      const bytes = randomBytes(size);
      const stored = await store.putFile('a/file', await file(bytes));
      expect(stored).toMatchObject({ size, sha256: sha256(bytes) });
      expect(await store.stat('a/file')).toMatchObject({ key: 'a/file', size, sha256: stored.sha256 });
      expect((await read('a/file')).equals(bytes)).toBe(true);
      const copy = path.join(folder, 'copy');
      expect(await store.getFile('a/file', copy)).toMatchObject({ size, sha256: stored.sha256 });
      expect((await readFile(copy)).equals(bytes)).toBe(true);
    });

    it.each(sizes)('stores a stream of %i bytes as it would the file', async (size) => {
      const bytes = randomBytes(size);
      const stream = Readable.from(
        (function* () {
          for (let at = 0; at < size; at += 100_003) yield bytes.subarray(at, at + 100_003);
        })(),
      );
      expect(await store.put('a/stream', stream)).toMatchObject({ size, sha256: sha256(bytes) });
      expect((await read('a/stream')).equals(bytes)).toBe(true);
    });

    it('stores buffers, and keeps the content type', async () => {
      await store.put('a/text.txt', Buffer.from('grüß'), { contentType: 'text/plain; charset=utf-8' });
      await store.put('a/bytes', new Uint8Array([1, 2, 3]).subarray(1));
      expect(await store.stat('a/text.txt')).toMatchObject({
        contentType: 'text/plain; charset=utf-8',
        size: 6,
      });
      expect(await store.stat('a/bytes')).toMatchObject({ contentType: 'application/octet-stream', size: 2 });
      expect([...(await read('a/bytes'))]).toEqual([2, 3]);
    });

    it('dates an object by when it was stored', async () => {
      const before = Date.now();
      await store.put('dated', Buffer.from('x'));
      const { lastModified } = await store.stat('dated');
      expect(lastModified.getTime()).toBeGreaterThan(before - 2_000);
      expect(lastModified.getTime()).toBeLessThan(Date.now() + 2_000);
    });

    it('replaces an object as a whole', async () => {
      await store.put('a', Buffer.from('the first, longer one'));
      await store.put('a', Buffer.from('second'));
      expect((await read('a')).toString()).toBe('second');
      expect(await store.stat('a')).toMatchObject({ size: 6, sha256: sha256(Buffer.from('second')) });
    });

    it('lets a reader finish with the object that it opened, while it is replaced and removed', async () => {
      const bytes = randomBytes(5 * MB);
      await store.put('a', bytes);
      const opened = await store.get('a');
      await once(opened, 'readable');
      await store.put('a', Buffer.from('new'));
      await store.remove('a');
      expect((await buffer(opened)).equals(bytes)).toBe(true);
    });

    it('never shows a mixture to readers while writers race', async () => {
      const contents = [randomBytes(300_000), randomBytes(200_000)];
      await store.put('raced', contents[0]!);
      const writes = Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => store.put('raced', contents[index % 2]!)),
      );
      for (let reads = 0; reads < 20; reads += 1) {
        const found = await read('raced');
        expect(contents.some((content) => content.equals(found))).toBe(true);
      }
      await writes;
      expect((await store.stat('raced')).sha256).toBe(sha256(await read('raced')));
    });

    it.each([
      ['from a byte on', { start: 7 }, '789'],
      ['up to a byte', { start: 0, end: 3 }, '0123'],
      ['in the middle', { start: 2, end: 4 }, '234'],
      ['one byte', { start: 0, end: 0 }, '0'],
      ['beyond the end', { start: 8, end: 100 }, '89'],
    ])('reads a range: %s', async (_, range, expected) => {
      await store.put('digits', Buffer.from('0123456789'));
      expect((await buffer(await store.get('digits', { range }))).toString()).toBe(expected);
    });

    it('refuses a range that starts after the end', async () => {
      await store.put('digits', Buffer.from('0123456789'));
      await expect(store.get('digits', { range: { start: 10 } })).rejects.toMatchObject({
        name: 'InvalidRangeError',
      });
      await expect(store.get('digits', { range: { start: 5, end: 4 } })).rejects.toMatchObject({
        name: 'InvalidRangeError',
      });
    });

    it('says which object it does not have', async () => {
      const copy = path.join(folder, 'copy');
      const missing = { name: 'ObjectNotFoundError', key: 'no/such' };
      await expect(store.get('no/such')).rejects.toMatchObject(missing);
      await expect(store.stat('no/such')).rejects.toMatchObject(missing);
      await expect(store.getFile('no/such', copy)).rejects.toMatchObject(missing);
      await expect(access(copy)).rejects.toThrow('ENOENT');
    });

    it('removes an object, and does not mind if there is none', async () => {
      await store.put('a/b', Buffer.from('x'));
      await store.remove('a/b');
      await store.remove('a/b');
      await store.remove('a/b/c');
      await expect(store.stat('a/b')).rejects.toThrow(ObjectNotFoundError);
    });

    it('lists what is under a prefix, in the order of the keys', async () => {
      const all = ['a-b', 'a.b', 'a/1', 'a/b/c', 'aa/1', 'b/1', 'B/1'];
      for (const key of all) await store.put(key, Buffer.from(key));
      expect(await keys('')).toEqual([...all].sort());
      expect(await keys('a/')).toEqual(['a/1', 'a/b/c']);
      expect(await keys('none/')).toEqual([]);
      for await (const object of store.list('a/b/')) {
        expect(object).toMatchObject({ key: 'a/b/c', size: 5 });
        expect(object.lastModified).toBeInstanceOf(Date);
      }
    });

    it('lists and removes more than a page of objects, and nothing beside the prefix', async () => {
      const names = Array.from({ length: 1_050 }, (_, index) => `jobs/job_1/${index}`);
      for (let at = 0; at < names.length; at += 50) {
        await Promise.all(names.slice(at, at + 50).map((key) => store.put(key, Buffer.from('x'))));
      }
      await store.put('jobs/job_12/a', Buffer.from('x'));
      expect(await keys('jobs/job_1/')).toEqual([...names].sort());
      expect(await store.removePrefix('jobs/job_1/')).toBe(1_050);
      expect(await keys('')).toEqual(['jobs/job_12/a']);
      expect(await store.removePrefix('jobs/job_1/')).toBe(0);
    });

    it('keeps objects apart when writers and removers of neighbours race', async () => {
      await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          await store.put(`near/${index % 2}/${index}`, Buffer.from(String(index)));
          if (index % 4 !== 0) await store.remove(`near/${index % 2}/${index}`);
        }),
      );
      expect(await keys('near/')).toHaveLength(10);
      for (const key of await keys('near/')) expect((await read(key)).toString()).toBe(path.basename(key));
    });

    it.each(['', '/a', 'a/', 'a//b', 'a/../b', './a', 'ä', 'a b', 'a\\b', 'a~b', 'a\nb', 'x'.repeat(1_000)])(
      'refuses the key %j',
      async (key) => {
        const refused = { name: 'InvalidObjectKeyError' };
        await expect(store.put(key, Buffer.from('x'))).rejects.toMatchObject(refused);
        await expect(store.get(key)).rejects.toMatchObject(refused);
        await expect(store.stat(key)).rejects.toMatchObject(refused);
        await expect(store.remove(key)).rejects.toMatchObject(refused);
      },
    );

    it('refuses a key that lies in another, and a prefix that is no folder', async () => {
      await store.put('a/b', Buffer.from('x'));
      const refused = { name: 'InvalidObjectKeyError' };
      await expect(store.put('a/b/c', Buffer.from('x'))).rejects.toMatchObject(refused);
      await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject(refused);
      await expect(store.removePrefix('a')).rejects.toMatchObject(refused);
      expect(await keys('')).toEqual(['a/b']);
    });

    it.each([1_000, 40 * MB])('leaves nothing of a stream that fails after %i bytes', async (size) => {
      const before = await opened.files();
      const failure = new Error('the client left');
      const failing = Readable.from(
        (async function* () {
          yield randomBytes(size);
          throw failure;
        })(),
      );
      await expect(store.put('a/failing', failing)).rejects.toBe(failure);
      await expect(store.stat('a/failing')).rejects.toThrow(ObjectNotFoundError);
      expect(await opened.files()).toEqual(before);
    });

    it('fails when the stream is cut off without an error', async () => {
      const cut = new Readable({ read: () => undefined });
      cut.push('some');
      const put = store.put('a/cut', cut);
      cut.destroy();
      await expect(put).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
      expect(await keys('')).toEqual([]);
    });

    it('ends an upload by its signal, with the reason, and leaves nothing', async () => {
      const before = await opened.files();
      const controller = new AbortController();
      const endless = Readable.from(
        (async function* () {
          for (let chunks = 0; ; chunks += 1) {
            if (chunks === 20) controller.abort(new Error('cancelled'));
            yield randomBytes(MB);
          }
        })(),
      );
      await expect(store.put('a', endless, { signal: controller.signal })).rejects.toThrow('cancelled');
      const source = await file(randomBytes(100));
      const aborted = store.putFile('a', source, { signal: AbortSignal.abort(new Error('too late')) });
      await expect(aborted).rejects.toThrow('too late');
      expect(await keys('')).toEqual([]);
      expect(await opened.files()).toEqual(before);
    });

    it('keeps the old object when the new one fails', async () => {
      await store.put('a', Buffer.from('old'));
      const failing = Readable.from(
        (async function* () {
          yield Buffer.from('new');
          throw new Error('no more');
        })(),
      );
      await expect(store.put('a', failing)).rejects.toThrow('no more');
      expect((await read('a')).toString()).toBe('old');
    });

    it('passes on that the file to be stored is missing', async () => {
      await expect(store.putFile('a', path.join(folder, 'missing'))).rejects.toMatchObject({
        code: 'ENOENT',
      });
    });

    it('does not hand out a file whose bytes changed in the store', async () => {
      await store.put('a/checkpoint', randomBytes(MB));
      await opened.corrupt('a/checkpoint');
      const copy = path.join(folder, 'copy');
      await expect(store.getFile('a/checkpoint', copy)).rejects.toThrow(IntegrityError);
      expect(await readdir(folder)).toEqual([]);
    });

    it('leaves no upload of others behind, and does not touch fresh ones or objects', async () => {
      await store.put('a', Buffer.from('x'));
      await store.removeAbandonedUploads(new Date(Date.now() + 60_000));
      expect((await read('a')).toString()).toBe('x');
    });

    it('is ready more than once', async () => {
      await store.put('a', Buffer.from('x'));
      await store.ensureReady();
      await store.checkHealth();
      expect((await read('a')).toString()).toBe('x');
    });

    it('says that it is full, keeps nothing of what did not fit, and works again with room', async () => {
      const small = await adapter.openSmall();
      try {
        await small.store.put('kept', randomBytes(MB));
        const before = await small.files();
        const bytes = randomBytes(40 * MB);
        await expect(small.store.putFile('big', await file(bytes))).rejects.toThrow(StorageFullError);
        await expect(small.store.put('big', Readable.from([bytes]))).rejects.toThrow(StorageFullError);
        await expect(small.store.stat('big')).rejects.toThrow(ObjectNotFoundError);
        expect(await small.files()).toEqual(before);
        await small.store.put('fits', randomBytes(MB));
      } finally {
        await small.close();
      }
    });

    it('says that it cannot be used when its bucket or folder is gone', async () => {
      const lost = await adapter.open();
      try {
        await lost.removeContainer();
        await expect(lost.store.checkHealth()).rejects.toThrow(StorageUnavailableError);
        await expect(lost.store.put('a', Buffer.from('x'))).rejects.toThrow(StorageUnavailableError);
        await expect(lost.store.get('a')).rejects.toThrow(StorageUnavailableError);
        await expect(lost.store.stat('a')).rejects.toThrow(StorageUnavailableError);
        await lost.store.ensureReady();
        await lost.store.put('a', Buffer.from('x'));
      } finally {
        await lost.close();
      }
    });
  });
}
