import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from './support/wait-until.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MINUTES = 60_000;

/** What a stranger does: clone into an empty folder, and one command. */
describe('the quick start in a fresh clone', () => {
  let folder: string;
  let clone: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-clone-'));
    // Under root, Postgres runs as another user, who must get there.
    await chmod(folder, 0o755);
    clone = path.join(folder, 'epochal');
    await run('git', ['clone', '--quiet', ROOT, clone]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const quickstart = (...args: string[]) => {
    // A group of its own, as a shell gives to a command: Ctrl-C reaches all of it.
    const child = spawn('npm', ['run', 'quickstart', '--', ...args], {
      cwd: clone,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: '', PORT: '' },
    });
    let output = '';
    const collect = (chunk: Buffer) => void (output += chunk.toString());
    child.stdout!.on('data', collect);
    child.stderr!.on('data', collect);
    return { child, exited: once(child, 'exit') as Promise<[number | null]>, output: () => output };
  };

  it(
    'sets everything up, trains, and leaves the saved model and no process',
    async () => {
      const { exited, output } = quickstart('--exit');
      const [code] = await exited;
      expect(output()).toContain('Epoch 20/20');
      expect(code).toBe(0);
      const saved = path.join(clone, 'data/quickstart/housing_mlp.h5');
      expect((await stat(saved)).size).toBeGreaterThan(1_000);
      expect(await processesIn(clone)).toEqual([]);
    },
    10 * MINUTES,
  );

  it(
    'goes on serving the second time, with the data of the first, until Ctrl-C stops every process',
    async () => {
      const { child, exited, output } = quickstart();
      await waitUntil(
        'the quick start is done',
        () =>
          output().includes('Data   ') || (child.exitCode !== null && Promise.reject(new Error(output()))),
        2 * MINUTES,
      );
      const url = /^API +(\S+)\/v1/m.exec(output())![1]!;
      const key = (await readFile(path.join(clone, 'data/api-key'), 'utf8')).trim();
      const response = await fetch(`${url}/v1/jobs`, { headers: { authorization: `Bearer ${key}` } });
      const { data } = (await response.json()) as { data: { status: string }[] };
      expect(data.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
      interrupt(child);
      await exited;
      await waitUntil('every process has ended', async () => (await processesIn(clone)).length === 0);
    },
    5 * MINUTES,
  );
});

const interrupt = (child: ChildProcess) => process.kill(-child.pid!, 'SIGINT');

/** Commands of the processes that work in a folder or run a program of it. */
async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const directory = await readlink(`/proc/${pid}/cwd`).catch(gone);
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(gone);
    if (directory?.startsWith(folder) || command?.includes(`${folder}/`)) found.push(command ?? pid);
  }
  return found;
}

/** A process may end while it is looked at, or belong to somebody else. */
function gone(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ESRCH', 'EACCES'].includes(error.code ?? '')) return undefined;
  throw error;
}
