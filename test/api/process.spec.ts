import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, type Database } from '@epochal/database';
import { createTestDatabase, type TestDatabase } from '@epochal/embedded-services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { waitUntil } from '../support/wait-until.js';
import { Rows } from './rows.js';

const MAIN = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url));

/** The API as it runs in production: a process of the built program. */
class ApiProcess {
  output = '';
  readonly #child: ChildProcess;

  constructor(environment: Record<string, string>) {
    this.#child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => (this.output += String(text)));
    }
  }

  async exitCode(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  terminate(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.exitCode();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

let testDatabase: TestDatabase;
let database: Database;
let folder: string;
let port: number;
let environment: Record<string, string>;
const running: ApiProcess[] = [];

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url);
  folder = await mkdtemp(path.join(tmpdir(), 'epochal-process-'));
  port = await freePort();
  environment = { DATABASE_URL: testDatabase.url, DATA_DIR: folder, PORT: String(port) };
});
afterEach(async () => {
  for (const api of running.splice(0)) api.kill();
  await database.$disconnect();
  await testDatabase.drop();
  await rm(folder, { recursive: true });
});

function start(more: Record<string, string> = {}): ApiProcess {
  const api = new ApiProcess({ ...environment, ...more });
  running.push(api);
  return api;
}

async function startReady(more: Record<string, string> = {}): Promise<ApiProcess> {
  const api = start(more);
  await waitUntil('the API is ready', () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return api;
}

const KEY = /ek_[A-Za-z0-9_-]{43}/;

describe('the API process', () => {
  it('prints the first key in a clear line, once and never again', async () => {
    const first = await startReady();
    const key = KEY.exec(first.output)?.[0];
    expect(first.output).toContain(`The first API key, shown this once: ${key}`);
    const answer = await fetch(`http://127.0.0.1:${port}/v1/keys`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(200);
    expect(await first.terminate()).toBe(0);
    const second = await startReady();
    expect(second.output).not.toMatch(KEY);
    expect(await second.terminate()).toBe(0);
  });

  it('writes the first key to the file that is named, and keeps it out of its output', async () => {
    const file = path.join(folder, 'api-key');
    const api = await startReady({ FIRST_KEY_FILE: file });
    expect(await readFile(file, 'utf8')).toMatch(KEY);
    expect(api.output).toContain(`The first API key is in ${file}`);
    expect(api.output).not.toMatch(KEY);
  });

  it('does not start on an environment or a schema that is wrong, and says what to do', async () => {
    const misconfigured = start({ PORT: 'eighty' });
    expect(await misconfigured.exitCode()).toBe(1);
    expect(misconfigured.output).toMatch(/^The environment is not usable:\n {2}PORT is "eighty"/);
    const empty = await createTestDatabase({ content: 'empty' });
    const behind = start({ DATABASE_URL: empty.url });
    expect(await behind.exitCode()).toBe(1);
    expect(behind.output).toMatch(/^The database schema is behind .* npm run db:migrate/);
    await empty.drop();
  });

  it('stops within five seconds of SIGTERM, streams ended and uploads undone', async () => {
    const api = await startReady();
    const key = KEY.exec(api.output)?.[0];
    const jobId = await (await Rows.of(database)).job();
    const stream = await fetch(`http://127.0.0.1:${port}/v1/jobs/${jobId}/events`, {
      headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' },
    });
    const upload = connect(port, '127.0.0.1');
    upload.on('error', () => undefined);
    upload.write(
      `POST /v1/datasets?name=a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n` +
        'Content-Type: text/csv\r\nContent-Length: 1000000\r\n\r\na,b\n1,2\n',
    );
    const temporary = () => readdir(path.join(folder, 'tmp'));
    await waitUntil('the upload is received', async () => (await temporary()).length > 0);
    const began = Date.now();
    expect(await api.terminate()).toBe(0);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await stream.text()).toContain('id: 1\n');
    expect(await temporary()).toEqual([]);
    expect(await database.dataset.count({ where: { name: 'a' } })).toBe(0);
  });
});
