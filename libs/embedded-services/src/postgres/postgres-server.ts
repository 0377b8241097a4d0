import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import pg from 'pg';
import { superuser, type Cluster, type ClusterContext } from './cluster.js';
import { EmbeddedPostgresError, errorFromOutput } from './embedded-postgres-error.js';
import { findFreePort, host, isPortFree } from './port.js';
import { findPostmaster, removeStalePostmasterFile } from './postmaster-file.js';
import { runProgram } from './program.js';

const timeoutSeconds = 60;
const pollMilliseconds = 50;
const largestLogBytes = 10 * 2 ** 20;
const settingsWithoutDurability = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '128MB',
};

/** What became of a start: a server accepts connections on `port`; `adopted` when it was running before. */
export interface RunningServer {
  readonly port: number;
  readonly adopted: boolean;
}

/**
 * Makes sure that a server runs on the cluster. Postgres's own lock file decides between processes that try at the
 * same time: the ones that lose adopt the winner's server.
 *
 * @param wantedPort without it, the port of the last start is taken, or any free one
 */
export async function runServer(
  cluster: Cluster,
  context: ClusterContext,
  wantedPort: number | undefined,
): Promise<RunningServer> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  let port = wantedPort ?? (await recallPort(cluster)) ?? (await findFreePort());
  while (Date.now() < deadline) {
    const running = await adopt(cluster, deadline);
    if (running !== undefined) return { port: running, adopted: true };
    await removeStalePostmasterFile(cluster.data);
    if (!(await isPortFree(port))) {
      if (wantedPort !== undefined) throw portTaken(wantedPort);
      port = await findFreePort();
    }
    const output = await startServer(cluster, context, port);
    if (output === undefined) {
      await writeFile(cluster.portFile, String(port));
      return { port, adopted: false };
    }
    if (!mayPass(output)) throw errorFromOutput('start', output);
    await pause();
  }
  throw timeout('start');
}

/** Stops the server, whoever started it: connections are closed, data is written. Does nothing when none runs. */
export async function stopServer(cluster: Cluster, { binaries, user }: ClusterContext): Promise<void> {
  if ((await findPostmaster(cluster.data)) === undefined) return;
  const parameters = [
    'stop',
    `--pgdata=${cluster.data}`,
    '--mode=fast',
    '--wait',
    `--timeout=${timeoutSeconds}`,
  ];
  const { exitCode, output } = await runProgram(binaries, 'pg_ctl', parameters, user);
  if (exitCode !== 0 && (await findPostmaster(cluster.data)) !== undefined)
    throw errorFromOutput('stop', output);
}

/** Starts the server and waits until it accepts connections; returns what was printed when that failed. */
async function startServer(
  cluster: Cluster,
  context: ClusterContext,
  port: number,
): Promise<string | undefined> {
  const logged = await sizeOfLog(cluster.log);
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: host,
    unix_socket_directories: '',
    max_connections: 200,
    ...(context.durability === 'none' ? settingsWithoutDurability : {}),
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const { exitCode, output } = await runProgram(
    context.binaries,
    'pg_ctl',
    [
      'start',
      `--pgdata=${cluster.data}`,
      '--wait',
      `--timeout=${timeoutSeconds}`,
      `--log=${cluster.log}`,
      `--options=${options.join(' ')}`,
    ],
    context.user,
  );
  if (exitCode === 0) return undefined;
  const log = await readFile(cluster.log).catch(() => Buffer.alloc(0));
  return `${output}\n${log.subarray(logged).toString()}`;
}

/** Failures that are over soon: another start was first, took the port, or a killed server's processes still end. */
function mayPass(output: string): boolean {
  return /lock file "postmaster.pid" already exists|Address already in use|pre-existing shared memory block/.test(
    output,
  );
}

/** The port of the server that runs on the cluster once it accepts connections; `undefined` when none runs. */
async function adopt(cluster: Cluster, deadline: number): Promise<number | undefined> {
  for (;;) {
    const postmaster = await findPostmaster(cluster.data);
    if (postmaster === undefined) return undefined;
    if (postmaster.port !== undefined && (await accepts(cluster, postmaster.port))) return postmaster.port;
    if (Date.now() > deadline) throw timeout('accept connections');
    await pause();
  }
}

async function accepts(cluster: Cluster, port: number): Promise<boolean> {
  const client = new pg.Client({
    host,
    port,
    user: superuser,
    password: cluster.password,
    database: superuser,
  });
  client.on('error', () => undefined); // A server that goes away is seen by the failing query.
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === cluster.data;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '28P01') {
      throw new EmbeddedPostgresError(
        'password-mismatch',
        `The server that runs on ${cluster.data} does not accept the password in ${cluster.directory}/password.`,
        { cause: error },
      );
    }
    return false;
  } finally {
    await client.end();
  }
}

async function recallPort(cluster: Cluster): Promise<number | undefined> {
  const text = await readFile(cluster.portFile, 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

async function sizeOfLog(file: string): Promise<number> {
  const size = await stat(file).then(
    (status) => status.size,
    () => 0,
  );
  if (size < largestLogBytes) return size;
  await rename(file, `${file}.old`);
  return 0;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
}

function portTaken(port: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'port-taken',
    `Postgres could not start: another program listens on ${host}:${port}. Stop it or choose another port.`,
  );
}

function timeout(action: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError('timeout', `Postgres did not ${action} within ${timeoutSeconds} seconds.`);
}
