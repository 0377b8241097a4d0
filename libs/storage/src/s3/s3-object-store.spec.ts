import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createObjectStore } from '../create-object-store.js';
import { IntegrityError, StorageUnavailableError } from '../errors.js';
import { type StoreUnderTest, describeObjectStore } from '../object-store.conformance.js';
import { startFaultyProxy } from './faulty-proxy.fixture.js';
import { type S3Options, S3ObjectStore } from './s3-object-store.js';
import { type S3Server, startS3Server } from './versitygw.fixture.js';

async function openStore(server: S3Server): Promise<StoreUnderTest> {
  const store = createObjectStore({ adapter: 's3', ...server.options });
  await store.ensureReady();
  const bucket = (): string => path.join(server.root(), server.options.bucket);
  return {
    store,
    close: () => server.close(),
    files: async () => {
      const entries = await readdir(bucket(), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name));
    },
    removeContainer: () => rm(bucket(), { recursive: true }),
    corrupt: async (key) => {
      const handle = await open(path.join(bucket(), key), 'r+');
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 1_000);
      await handle.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, 1_000);
      await handle.close();
    },
  };
}

describeObjectStore('bucket', {
  open: async () => openStore(await startS3Server()),
  openSmall: async () => openStore(await startS3Server({ diskSize: 20 })),
});

describe('an S3 server that fails', () => {
  let server: S3Server;
  let store: S3ObjectStore;
  beforeEach(async () => {
    server = await startS3Server();
    store = new S3ObjectStore(server.options, { connect: 1_000, idle: 1_500 });
    await store.ensureReady();
  });
  afterEach(() => server.close());

  const other = (changed: Partial<S3Options>): S3ObjectStore =>
    new S3ObjectStore({ ...server.options, ...changed });
  /** The error of an operation that fails within so many seconds. */
  const failure = async (operation: Promise<unknown>, seconds: number): Promise<unknown> => {
    const start = performance.now();
    const error = await operation.then(
      () => 'no error',
      (caught: unknown) => caught,
    );
    expect(performance.now() - start).toBeLessThan(seconds * 1_000);
    return error;
  };

  it('is reported as unreachable within seconds when it was killed, and used again when it is back', async () => {
    await store.put('a', Buffer.from('x'));
    await server.kill();
    const unreachable = { name: 'StorageUnavailableError', reason: 'unreachable' };
    expect(await failure(store.checkHealth(), 3)).toMatchObject(unreachable);
    expect(await failure(store.stat('a'), 10)).toMatchObject(unreachable);
    const put = store.put('b', Buffer.from('x'));
    expect(await failure(put, 10)).toMatchObject(unreachable);
    await server.restart();
    await store.checkHealth();
    expect((await store.stat('a')).size).toBe(1);
  });

  it('is asked again when it is away for a moment only', async () => {
    await server.kill();
    const put = store.put('a', Buffer.from('x'));
    await server.restart();
    expect(await put).toMatchObject({ size: 1 });
  });

  it('ends a transfer that it breaks off, with an error of the port', async () => {
    await store.put('big', randomBytes(30_000_000));
    const reading = await store.get('big');
    await once(reading, 'readable');
    await server.kill();
    await expect(reading.toArray()).rejects.toThrow(StorageUnavailableError);

    await server.restart();
    const folder = await mkdtemp(path.join(tmpdir(), 'epochal-storage-'));
    const file = path.join(folder, 'file');
    await writeFile(file, randomBytes(60_000_000));
    const uploading = store.putFile('upload', file);
    await untilUploadBegan();
    await server.kill();
    await expect(uploading).rejects.toThrow(StorageUnavailableError);
    await server.restart();
    expect(await store.removeAbandonedUploads(new Date(Date.now() - 3_600_000))).toBe(0);
    expect(await store.removeAbandonedUploads(new Date(Date.now() + 60_000))).toBe(1);
    await rm(folder, { recursive: true });
  });

  it('does not hold a request for ever when it hangs', async () => {
    server.freeze();
    const silent = { name: 'StorageUnavailableError', reason: 'timeout' };
    expect(await failure(store.stat('a'), 4)).toMatchObject(silent);
  });

  it('is not blamed for a reader that takes its time', async () => {
    const bytes = randomBytes(20_000_000);
    const impatient = new S3ObjectStore(server.options, { connect: 1_000, idle: 300 });
    await impatient.put('a', bytes);
    const reading = await impatient.get('a');
    await once(reading, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(Buffer.concat(await reading.toArray()).equals(bytes)).toBe(true);
  });

  it('is reported as unreachable when nothing answers at its address', async () => {
    // An address that is set aside for documentation (RFC 5737).
    const store = other({ endpoint: 'http://192.0.2.1:9000' });
    expect(await failure(store.checkHealth(), 3)).toMatchObject({ reason: 'unreachable' });
    const unknown = other({ endpoint: 'http://no-such-host.invalid:9000' });
    await expect(unknown.checkHealth()).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it.each([{ secretAccessKey: 'wrong' }, { accessKeyId: 'unknown' }])(
    'is reported as refusing the credentials: %j',
    async (wrong) => {
      const refused = { name: 'StorageUnavailableError', reason: 'credentials' };
      for (const ask of [
        () => other(wrong).checkHealth(),
        () => other(wrong).ensureReady(),
        () => other(wrong).put('a', Buffer.from('x')),
        () => other(wrong).stat('a'),
      ]) {
        expect(await failure(ask(), 2)).toMatchObject(refused);
      }
    },
  );

  it('never shows its secret in an error', async () => {
    const error = await other({ secretAccessKey: 'hunter2-hunter2' })
      .checkHealth()
      .catch((caught: unknown) => caught);
    expect(String(error)).not.toContain('hunter2');
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  it('gives no object that was put without a digest', async () => {
    await writeFile(path.join(server.root(), server.options.bucket, 'foreign'), 'x');
    await expect(store.stat('foreign')).rejects.toThrow(IntegrityError);
  });

  it('does not mix a new upload with one of the same key that died', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'epochal-storage-'));
    const file = path.join(folder, 'file');
    await writeFile(file, randomBytes(60_000_000));
    const dying = store.putFile('same', file);
    await untilUploadBegan();
    await server.kill();
    await expect(dying).rejects.toThrow(StorageUnavailableError);
    await server.restart();
    await writeFile(file, randomBytes(50_000_000));
    const stored = await store.putFile('same', file);
    expect(stored.size).toBe(50_000_000);
    expect(await store.getFile('same', path.join(folder, 'copy'))).toMatchObject({ sha256: stored.sha256 });
    await rm(folder, { recursive: true });
  });

  async function untilUploadBegan(): Promise<void> {
    const parts = path.join(server.root(), server.options.bucket);
    for (;;) {
      const entries = await readdir(parts, { recursive: true });
      if (entries.some((entry) => entry.includes('multipart'))) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
});

describe('an S3 server that answers badly', () => {
  let server: S3Server;
  let folder: string;
  let file: string;
  beforeEach(async () => {
    server = await startS3Server();
    await new S3ObjectStore(server.options).ensureReady();
    folder = await mkdtemp(path.join(tmpdir(), 'epochal-storage-'));
    file = path.join(folder, 'file');
    await writeFile(file, randomBytes(60_000_000));
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const stored = async (): Promise<string[]> => {
    const entries = await readdir(server.root(), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  };

  it('is given every part again that it could not take', async () => {
    const seen = new Map<string, number>();
    const proxy = await startFaultyProxy(server.options, (method, url) => {
      const request = `${method} ${url}`;
      seen.set(request, (seen.get(request) ?? 0) + 1);
      return seen.get(request)! <= 2 ? 'unavailable' : 'none';
    });
    const store = new S3ObjectStore(proxy.options);
    const { sha256 } = await store.putFile('a', file);
    expect(await store.getFile('a', path.join(folder, 'copy'))).toMatchObject({ size: 60_000_000, sha256 });
    await proxy.close();
  });

  it.each([1, 2, 4])('keeps nothing of an upload whose part %i it never takes', async (part) => {
    const proxy = await startFaultyProxy(server.options, (_, url) =>
      url.includes(`partNumber=${part}`) ? 'unavailable' : 'none',
    );
    const putting = new S3ObjectStore(proxy.options).putFile('a', file);
    await expect(putting).rejects.toMatchObject({ name: 'StorageUnavailableError', reason: 'busy' });
    expect(await stored()).toEqual([]);
    await proxy.close();
  });

  it('is believed to have what it has when the answer that completes an upload is lost', async () => {
    let lost = 0;
    const proxy = await startFaultyProxy(server.options, (method) =>
      method === 'POST' && ++lost === 2 ? 'answer lost' : 'none',
    );
    const store = new S3ObjectStore(proxy.options);
    expect(await store.putFile('a', file)).toMatchObject({ size: 60_000_000 });
    expect(lost).toBe(3);
    await proxy.close();
  });
});
