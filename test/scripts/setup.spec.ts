import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The parts of a fresh clone that run before there are any packages. */
const FILES = ['scripts', 'libs/tensorflow/install', 'package.json', 'package-lock.json'];

describe('setting up a fresh clone', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-clone-'));
    for (const file of FILES) await cp(path.join(ROOT, file), path.join(folder, file), { recursive: true });
    await mkdir(path.join(folder, 'programs'));
    await symlink(process.execPath, path.join(folder, 'programs', 'node'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Runs a script on a machine that has no programs but Node. */
  async function run(script: string): Promise<{ code: number; printed: string; complaints: string }> {
    const child = spawn(process.execPath, [path.join(folder, 'scripts', script)], {
      cwd: os.tmpdir(),
      env: { PATH: path.join(folder, 'programs'), EPOCHAL_CACHE_DIR: path.join(folder, 'cache') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [printed, complaints, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number]>,
    ]);
    return { code, printed, complaints };
  }

  it('names all that is missing at once, with how to get it', async () => {
    const { code, printed, complaints } = await run('setup.mjs');
    expect(code).toBe(1);
    expect(printed).toBe('');
    const lines = complaints.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('"apt-get install npm"');
    expect(lines[1]).toContain('"apt-get install python3-pip"');
    expect(lines[2]).toContain(
      process.platform === 'darwin' ? '"xcode-select --install"' : '"apt-get install g++"',
    );
  });

  it('says how to get the Python that the tests need', async () => {
    const { code, complaints } = await run('python-environment.mjs');
    expect(code).toBe(1);
    expect(complaints.trimEnd().split('\n')).toHaveLength(1);
    expect(complaints).toContain('"apt-get install python3-venv python3-pip"');
  });
});
