import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { S3Options } from './s3-object-store.js';

/** A real S3 server on a folder of its own. */
export interface S3Server {
  readonly options: S3Options;
  /** Where its buckets are, as seen from this process. */
  root(): string;
  /** Ends it at once, as kill -9 does. */
  kill(): Promise<void>;
  /** Starts it again on the same address and folder. */
  restart(): Promise<void>;
  /** Makes it hang without closing its connections. */
  freeze(): void;
  close(): Promise<void>;
}

/** Built by scripts/versitygw.mjs, which the test command runs first. */
const CACHE =
  process.env['EPOCHAL_CACHE_DIR'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'epochal');
const BINARY = path.join(CACHE, 'bin', 'versitygw');

/** @param diskSize size of a disk of its own in MB; without it, it writes to the folder of temporary files */
export async function startS3Server({ diskSize }: { readonly diskSize?: number } = {}): Promise<S3Server> {
  const folder = await mkdtemp(path.join(tmpdir(), 'epochal-s3-'));
  const port = await freePort();
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'epochal',
    accessKeyId: 'access',
    secretAccessKey: 'secret-of-the-test',
  };
  const buckets = path.join(folder, 'buckets');
  const metadata = path.join(folder, 'metadata');
  const command = [BINARY, '--access', options.accessKeyId, '--secret', options.secretAccessKey];
  command.push('--port', `127.0.0.1:${port}`, '--region', options.region, '--quiet', 'posix');
  command.push('--sidecar', metadata, buckets);
  const program = diskSize === undefined ? command : onSmallDisk(command, folder, diskSize);
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    for (const part of [buckets, metadata]) await mkdir(part, { recursive: true });
    server = spawn(program[0]!, program.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
    await untilItListens(server, options.endpoint);
  };
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  await start();
  return {
    options,
    kill,
    restart: start,
    root: () => (diskSize === undefined ? buckets : `/proc/${server.pid}/root${buckets}`),
    freeze: () => server.kill('SIGSTOP'),
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** In a mount namespace of its own, which goes with the process; as a user who is not root, in a user namespace too. */
function onSmallDisk(command: readonly string[], folder: string, megabytes: number): string[] {
  const namespaces = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user'];
  const mount = `mount -t tmpfs -o size=${megabytes}m tmpfs "$0" && mkdir "$0/buckets" "$0/metadata" && exec "$@"`;
  return ['unshare', ...namespaces, 'sh', '-c', mount, folder, ...command];
}

async function untilItListens(server: ChildProcess, endpoint: string): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`${BINARY} ended with ${server.exitCode}`);
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
