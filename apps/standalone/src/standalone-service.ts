import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from '@epochal/database';
import { ensureDatabase, startPostgres } from '@epochal/embedded-services';
import { ChildService } from './child-service.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PREFERRED_PORT = 8000;
const READY_TIMEOUT_MS = 60_000;

export interface StandaloneOptions {
  /** Folder for all data; made when absent. */
  readonly dataDirectory: string;
  /** Default: 8000 while it is free, else any free one. */
  readonly port?: number;
  readonly log: (message: string) => void;
  /** Ends the start, and keeps ended processes from being started again. */
  readonly signal: AbortSignal;
}

/** A whole service on this machine. */
export interface StandaloneService {
  readonly url: string;
  readonly apiKey: string;
  /** Whether it was running already; then `stop` leaves it running. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

/** The service did not come up. The message says where to look. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Starts Postgres, the API and a worker on this machine, or adopts the service that already runs on the data folder. */
export async function startStandalone(options: StandaloneOptions): Promise<StandaloneService> {
  const paths = layout(options.dataDirectory);
  await mkdir(paths.logs, { recursive: true });
  return (await adopt(paths)) ?? (await start(options, paths));
}

const layout = (dataDirectory: string) => ({
  data: path.resolve(dataDirectory),
  logs: path.resolve(dataDirectory, 'logs'),
  postgres: path.resolve(dataDirectory, 'postgres'),
  apiKey: path.resolve(dataDirectory, 'api-key'),
  /** Where the running service answers. */
  address: path.resolve(dataDirectory, 'address'),
});
type Paths = ReturnType<typeof layout>;

async function adopt(paths: Paths): Promise<StandaloneService | null> {
  const url = await readText(paths.address);
  if (url === null || !(await answers(url))) return null;
  return { url, apiKey: await readKey(paths), adopted: true, stop: () => Promise.resolve() };
}

async function start(options: StandaloneOptions, paths: Paths): Promise<StandaloneService> {
  const { log, signal } = options;
  const postgres = await startPostgres({ directory: paths.postgres, log });
  const databaseUrl = await ensureDatabase(postgres.url, 'epochal');
  await applyMigrations(databaseUrl);
  const port = options.port || (await choosePort());
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    LOG_LEVEL: 'info',
    ...process.env,
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    DATA_DIR: paths.data,
    PORT: String(port),
    FIRST_KEY_FILE: paths.apiKey,
  };
  const child = (name: 'api' | 'worker') =>
    new ChildService({
      name,
      main: path.join(ROOT, 'apps', name, 'dist/main.js'),
      environment,
      logFile: path.join(paths.logs, `${name}.log`),
      log,
      signal,
    });
  const children = [child('api'), child('worker')];
  const stop = async () => {
    await rm(paths.address, { force: true });
    await Promise.all(children.map((service) => service.stop()));
    await postgres.stop();
  };
  try {
    await untilReady(url, paths, signal);
    await writeFile(paths.address, url);
    return { url, apiKey: await readKey(paths), adopted: false, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(url: string, paths: Paths, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await answers(url))) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new StartError(`The API did not start; ${paths.logs}/api.log says why.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether the service is ready at this address. A refused connection is an answer too: no. */
async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))
      return false;
    throw error;
  }
}

async function readKey(paths: Paths): Promise<string> {
  const key = await readText(paths.apiKey);
  if (key === null) {
    throw new StartError(
      `The API key is not in ${paths.apiKey}: put a key of the service there, or use a new data folder.`,
    );
  }
  return key;
}

async function readText(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function choosePort(): Promise<number> {
  return (await portIfFree(PREFERRED_PORT)) ?? (await portIfFree(0))!;
}

/** @returns the port (the one that the system chose for 0), or `null` when it is taken */
function portIfFree(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
