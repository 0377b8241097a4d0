import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { rolldown } from 'rolldown';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { ensureDatabase } from './ensure-database.js';
import { findFreePort } from './port.js';
import { chooseServiceUser } from './service-user.js';
import { startPostgres, type EmbeddedPostgres, type StartPostgresOptions } from './start-postgres.js';

const run = promisify(execFile);
let root: string;
const started: EmbeddedPostgres[] = [];

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'epochal-postgres-'));
  await chmod(root, 0o755);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await rm(root, { recursive: true });
});

async function start(options: Partial<StartPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startPostgres({
    directory: path.join(root, 'postgres'),
    fallbackDirectory: path.join(root, 'fallback'),
    ...options,
  });
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postmasterOf(server: EmbeddedPostgres): Promise<number> {
  return Number(
    (await readFile(path.join(server.directory, 'cluster/data/postmaster.pid'), 'utf8')).split('\n')[0],
  );
}

async function errorOf(starting: Promise<unknown>): Promise<EmbeddedPostgresError> {
  const error: unknown = await starting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EmbeddedPostgresError) return error;
  throw new Error(`Expected an EmbeddedPostgresError, got ${String(error)}`);
}

test('a first start yields a durable server that only listens here and wants its password', async () => {
  const server = await start();
  expect(server.adopted).toBe(false);
  const [settings] = await query(
    server.url,
    `SELECT current_setting('fsync') AS fsync, current_setting('listen_addresses') AS addresses,
            current_setting('unix_socket_directories') AS sockets, current_setting('server_encoding') AS encoding`,
  );
  expect(settings).toEqual({ fsync: 'on', addresses: '127.0.0.1', sockets: '', encoding: 'UTF8' });
  const url = new URL(server.url);
  url.password = 'guess';
  await expect(query(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  const { mode } = await stat(path.join(server.directory, 'cluster/password'));
  expect(mode & 0o777).toBe(0o600);
});

test('a second start adopts the running server, and stopping it twice is no error', async () => {
  const first = await start();
  const second = await start();
  expect(second).toMatchObject({ url: first.url, adopted: true });
  await first.stop();
  await second.stop();
  await expect(query(first.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
});

test('data and port outlive a restart', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  const second = await start();
  expect(second).toMatchObject({ url: first.url, adopted: false });
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('starts at the same time end up with one server', async () => {
  const servers = await Promise.all(Array.from({ length: 5 }, () => start()));
  expect(new Set(servers.map(({ url }) => url)).size).toBe(1);
  expect(servers.filter(({ adopted }) => !adopted)).toHaveLength(1);
});

test('what was committed survives a kill -9 of the server', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(await postmasterOf(first), 'SIGKILL');
  const second = await start();
  expect(second).toMatchObject({ url: first.url, adopted: false });
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('the server survives a kill -9 of the process that started it, and is adopted', async () => {
  const options = { directory: path.join(root, 'postgres'), fallbackDirectory: path.join(root, 'fallback') };
  const parent = await runFromSource('./start-postgres.ts', `startPostgres(${JSON.stringify(options)})`);
  const line = once(parent.stdout!, 'data');
  await line;
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const server = await start();
  expect(server.adopted).toBe(true);
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a lock file whose process id now belongs to another program does not keep the server from starting', async () => {
  const first = await start();
  const lockFile = path.join(first.directory, 'cluster/data/postmaster.pid');
  const content = await readFile(lockFile, 'utf8');
  await first.stop();
  const user = await chooseServiceUser(path.join(first.directory, 'cluster'));
  const other = spawn('sleep', ['600'], user === undefined ? {} : { uid: user.uid, gid: user.gid, cwd: '/' });
  try {
    await writeFile(lockFile, content.replace(/^\d+/, String(other.pid)));
    expect(await start()).toMatchObject({ adopted: false });
  } finally {
    other.kill();
  }
});

test('when the remembered port was taken meanwhile, another one is chosen', async () => {
  const first = await start();
  await first.stop();
  const other = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
  await once(other, 'listening');
  try {
    const second = await start();
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    other.close();
  }
});

test('a port that was asked for and is taken is an error that names it', async () => {
  const port = await findFreePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  try {
    expect(await errorOf(start({ port }))).toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
  } finally {
    other.close();
  }
});

test('data of another major version is left alone, and the error names both versions', async () => {
  const server = await start();
  await server.stop();
  await writeFile(path.join(server.directory, 'cluster/data/PG_VERSION'), '12\n');
  expect(await errorOf(start())).toMatchObject({
    code: 'data-version-mismatch',
    message: expect.stringMatching(/written by Postgres 12, but Postgres 17 is installed/) as string,
  });
});

test("the data is where Postgres's user can reach it, and a stand-in folder is told", async () => {
  const messages: string[] = [];
  const hidden = path.join(root, 'hidden');
  const directory = path.join(hidden, 'postgres');
  const server = await withUmask(0o077, () => start({ directory, log: (message) => messages.push(message) }));
  // The folder above was made passable; once it is closed, only the same user or a stand-in can go on.
  await server.stop();
  await chmod(hidden, 0o700);
  const again = await start({ directory, log: (message) => messages.push(message) });
  const isRoot = process.getuid?.() === 0;
  expect(server.directory).toBe(directory);
  expect(again.directory.startsWith(isRoot ? path.join(root, 'fallback') : directory)).toBe(true);
  expect(messages).toHaveLength(isRoot ? 1 : 0);
  expect((await start({ directory })).directory).toBe(again.directory);
});

test('a cluster is run by the user whom it belongs to, also when root starts it', async () => {
  const first = await start();
  started.length = 0; // Its handle still stands for the first owner.
  await first.stop();
  const owner = process.getuid?.() === 0 ? 54_321 : process.getuid?.();
  await run('chown', ['-R', String(owner), path.join(first.directory, 'cluster')]);
  const second = await start();
  expect((await stat(`/proc/${await postmasterOf(second)}`)).uid).toBe(owner);
});

test('ensureDatabase creates a database once, also for callers that come together', async () => {
  const server = await start();
  const urls = await Promise.all(
    Array.from({ length: 4 }, () => ensureDatabase(server.url, 'Näme "quoted"')),
  );
  expect(new Set(urls).size).toBe(1);
  expect(await query(urls[0]!, 'SELECT current_database() AS name')).toEqual([{ name: 'Näme "quoted"' }]);
});

async function withUmask<T>(mask: number, action: () => Promise<T>): Promise<T> {
  const before = process.umask(mask);
  try {
    return await action();
  } finally {
    process.umask(before);
  }
}

/** Runs an expression over the exports of a source file in a Node process of its own, which then stays alive. */
async function runFromSource(file: string, expression: string): Promise<ChildProcess> {
  const output = new URL('../../dist/start-postgres.bundle.mjs', import.meta.url).pathname;
  const bundle = await rolldown({
    input: new URL(file, import.meta.url).pathname,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
  });
  await bundle.write({ file: output });
  const program = `import { startPostgres } from ${JSON.stringify(output)}; await ${expression}; console.log('started'); setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
