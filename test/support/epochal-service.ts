import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EpochalClient } from '@epochal/client';
import { createTestDatabase } from '@epochal/embedded-services';
import { freePort } from './free-port.js';
import { waitUntil } from './wait-until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A process of the service under test, built and run as in production. */
export class ServiceProcess {
  #child: ChildProcess;

  constructor(
    private readonly app: 'api' | 'worker',
    private readonly environment: NodeJS.ProcessEnv,
    readonly logFile: string,
    private readonly enter: readonly string[],
  ) {
    this.#child = this.#spawn();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** As when the machine loses power. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** As when an operator stops it. @returns its exit code */
  async terminate(): Promise<number | null> {
    if (this.#ended) return this.#child.exitCode;
    const exited = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill('SIGTERM');
    return (await exited)[0];
  }

  start(): void {
    if (this.#ended) this.#child = this.#spawn();
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #spawn(): ChildProcess {
    const main = path.join(ROOT, 'apps', this.app, 'dist/main.js');
    const [command, ...args] = [...this.enter, process.execPath, '--enable-source-maps', main];
    const child = spawn(command!, args, {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    return child;
  }
}

export interface EpochalServiceOptions {
  /** Settings beside the database's, such as REDIS_URL or S3_ENDPOINT. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly workers?: number;
  /** Folder for the data; by default a new one, which goes with the service. */
  readonly dataDirectory?: string;
  /** A command that runs another one, such as SmallDisk's `enter`. */
  readonly enter?: readonly string[];
}

/** A running service: a fresh database, an API process and workers. */
export interface EpochalService {
  readonly url: string;
  readonly apiKey: string;
  readonly client: EpochalClient;
  readonly databaseUrl: string;
  readonly dataDirectory: string;
  readonly api: ServiceProcess;
  readonly workers: readonly ServiceProcess[];
  stop(): Promise<void>;
}

export async function startEpochalService({
  environment = {},
  workers: workerCount = 1,
  dataDirectory: givenDirectory,
  enter = [],
}: EpochalServiceOptions = {}): Promise<EpochalService> {
  const dataDirectory = givenDirectory ?? (await mkdtemp(path.join(os.tmpdir(), 'epochal-service-')));
  const database = await createTestDatabase();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const keyFile = path.join(dataDirectory, 'api-key');
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATABASE_URL: database.url,
    DATA_DIR: dataDirectory,
    PORT: String(port),
    FIRST_KEY_FILE: keyFile,
    LEASE_SECONDS: '4',
    HEARTBEAT_SECONDS: '1',
    ...environment,
  };
  const log = (name: string) => path.join(dataDirectory, `${name}.log`);
  const api = new ServiceProcess('api', env, log('api'), enter);
  const workers = Array.from(
    { length: workerCount },
    (_, index) =>
      new ServiceProcess('worker', { ...env, WORKER_ID: `worker-${index}` }, log(`worker-${index}`), enter),
  );
  const stop = async () => {
    await Promise.all([api, ...workers].map((service) => service.kill()));
    await database.drop();
    await rm(dataDirectory, { recursive: true });
  };
  try {
    await waitUntil(`the API answers (see ${log('api')})`, () => isReady(url), 30_000);
    const apiKey = (await readFile(keyFile, 'utf8')).trim();
    const client = new EpochalClient({ baseUrl: url, apiKey });
    return { url, apiKey, client, databaseUrl: database.url, dataDirectory, api, workers, stop };
  } catch (error) {
    const reason = await readFile(log('api'), 'utf8');
    await stop();
    throw new Error(`the API did not start:\n${reason}`, { cause: error });
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
