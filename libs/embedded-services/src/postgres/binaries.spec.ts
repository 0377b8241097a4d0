import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBinaries, prepareBinaries, type PostgresBinaries } from './binaries.js';
import { runProgram } from './program.js';
import { chooseServiceUser, type ServiceUser } from './service-user.js';

let root: string;
let installed: PostgresBinaries;
let user: ServiceUser | undefined;

beforeEach(async () => {
  user = await chooseServiceUser('/nonexistent');
  root = await mkdtemp(path.join(tmpdir(), 'epochal-binaries-'));
  await chmod(root, 0o755);
  const found = await findBinaries();
  // As npm unpacks it without install scripts: no symbolic link; and as some versions do, nothing executable.
  installed = { ...found, directory: path.join(root, 'package/native') };
  await cp(found.directory, installed.directory, {
    recursive: true,
    filter: async (file) => !(await lstat(file)).isSymbolicLink(),
  });
  for (const program of await readdir(path.join(installed.directory, 'bin'))) {
    await chmod(path.join(installed.directory, 'bin', program), 0o644);
  }
});
afterEach(() => rm(root, { recursive: true }));

test('missing links and permissions are added where the package is', async () => {
  const prepared = await prepareBinaries(installed, user, path.join(root, 'fallback'));
  expect(prepared.directory).toBe(installed.directory);
  await expectComplete(prepared);
});

test('preparing twice changes nothing', async () => {
  await prepareBinaries(installed, user, path.join(root, 'fallback'));
  const before = await stat(path.join(installed.directory, 'lib'));
  await prepareBinaries(installed, user, path.join(root, 'fallback'));
  expect((await stat(path.join(installed.directory, 'lib'))).mtimeMs).toBe(before.mtimeMs);
});

test("a package behind a folder that only root may enter is copied to where Postgres's user gets", async () => {
  await chmod(path.join(root, 'package'), 0o700);
  const fallback = path.join(root, 'fallback');
  await mkdir(fallback);
  const prepared = await Promise.all([1, 2, 3].map(() => prepareBinaries(installed, user, fallback)));
  const expected =
    user === undefined ? installed.directory : path.join(fallback, `postgresql-${installed.version}`);
  expect(prepared.map(({ directory }) => directory)).toEqual([expected, expected, expected]);
  await expectComplete(prepared[0]!);
  // Drafts of the copies that came second are gone.
  expect((await readdir(fallback)).length).toBe(user === undefined ? 0 : 1);
});

async function expectComplete(binaries: PostgresBinaries): Promise<void> {
  const links = JSON.parse(
    await readFile(path.join(binaries.directory, 'pg-symlinks.json'), 'utf8'),
  ) as unknown[];
  const libraries = await Promise.all(
    (await readdir(path.join(binaries.directory, 'lib'))).map((name) =>
      lstat(path.join(binaries.directory, 'lib', name)),
    ),
  );
  expect(libraries.filter((status) => status.isSymbolicLink())).toHaveLength(links.length);
  for (const program of ['initdb', 'pg_ctl', 'postgres'] as const) {
    const { exitCode, output } = await runProgram(binaries, program, ['--version'], user);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('17.10') as string });
  }
}
