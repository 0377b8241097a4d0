import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createObjectStore } from '../create-object-store.js';
import { type StoreUnderTest, describeObjectStore } from '../object-store.conformance.js';

async function openStore(root: string, close: () => Promise<void>): Promise<StoreUnderTest> {
  const store = createObjectStore({ adapter: 'filesystem', root });
  await store.ensureReady();
  return {
    store,
    close,
    files: async () => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name));
    },
    removeContainer: () => rm(root, { recursive: true }),
    corrupt: async (key) => {
      const folder = path.join(root, 'content', path.dirname(key));
      const name = (await readdir(folder)).find((entry) => entry.startsWith(`${path.basename(key)}~`));
      const handle = await open(path.join(folder, name!), 'r+');
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 1_000);
      await handle.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, 1_000);
      await handle.close();
    },
  };
}

async function openInTemporaryFolder(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'epochal-objects-'));
  return openStore(path.join(folder, 'objects'), () => rm(folder, { recursive: true, force: true }));
}

/** A disk that fills up: a small tmpfs where we may mount one, else a limit on how long this process may make a file. */
async function openOnSmallDisk(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'epochal-small-'));
  const mounted = process.getuid?.() === 0;
  if (mounted) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', folder]);
  const limitFiles = (limit: string): void => {
    execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`]);
  };
  if (!mounted) limitFiles('20000000');
  return openStore(path.join(folder, 'objects'), async () => {
    if (mounted) execFileSync('umount', [folder]);
    else limitFiles('unlimited');
    await rm(folder, { recursive: true, force: true });
  });
}

describeObjectStore('files', { open: openInTemporaryFolder, openSmall: openOnSmallDisk });

it('frees what a process left behind that died while it stored, and only that', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'epochal-objects-'));
  const { store, files } = await openStore(folder, () => rm(folder, { recursive: true }));
  await store.put('a/b', Buffer.from('kept'));
  const before = await files();
  await mkdir(path.join(folder, 'content/a/c'), { recursive: true });
  for (const left of ['incoming/1', 'content/a/b~000000000000', 'content/a/c/d~000000000000']) {
    await writeFile(path.join(folder, left), 'left');
  }
  expect(await store.removeAbandonedUploads(new Date(Date.now() - 3_600_000))).toBe(0);
  expect(await store.removeAbandonedUploads(new Date(Date.now() + 60_000))).toBe(3);
  expect(await files()).toEqual(before);
  await rm(folder, { recursive: true });
});
