import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { TensorFlowUnavailableError } from './errors.js';
import { nativeBackend } from './native/backend.js';

const installer = fileURLToPath(new URL('../install/install.mjs', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'epochal-install-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the installer as a program. */
function install(env: NodeJS.ProcessEnv = {}): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [installer], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { code: status, output: `${stdout}${stderr}` };
}

/** A machine that has nothing installed yet, and no program but Node. */
function bareMachine(): NodeJS.ProcessEnv {
  const programs = path.join(folder, 'bin');
  mkdirSync(programs, { recursive: true });
  rmSync(path.join(programs, 'node'), { force: true });
  symlinkSync(process.execPath, path.join(programs, 'node'));
  return { PATH: programs, EPOCHAL_CACHE_DIR: path.join(folder, 'cache') };
}

test('installing again does nothing', () => {
  const { code, output } = install();
  expect(output).toContain('already installed');
  expect(code).toBe(0);
});

test('a machine without pip and uv is told so, what to do, and nothing is left behind', () => {
  const { code, output } = install(bareMachine());
  expect(output).toMatch(/neither pip nor uv is installed\.\nInstall one of them: /);
  expect(output).not.toContain('    at ');
  expect(code).toBe(1);
  expect(readdirSync(path.join(folder, 'cache', 'tensorflow'))).toEqual([]);
});

test('a kind of TensorFlow that does not exist is refused', () => {
  expect(install({ EPOCHAL_TENSORFLOW: 'tpu' })).toEqual({
    code: 1,
    output:
      'EPOCHAL_TENSORFLOW is "tpu", which is not a kind of TensorFlow.\n' +
      'Set EPOCHAL_TENSORFLOW to "cpu" or "gpu", or unset it for "cpu".\n',
  });
});

test('before TensorFlow is loaded, what needs it says so', () => {
  expect(() => nativeBackend()).toThrow(TensorFlowUnavailableError);
});
