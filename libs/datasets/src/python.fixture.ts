import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Made by scripts/python-environment.mjs, which the test command runs first. */
const CACHE =
  process.env['EPOCHAL_CACHE_DIR'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'epochal');

/** Runs a Python program, with numpy, and returns the JSON that it prints. */
export async function runPython<Result>(program: string, args: readonly string[]): Promise<Result> {
  const python = path.join(CACHE, 'python', 'bin', 'python');
  const { stdout } = await promisify(execFile)(python, ['-c', program, ...args], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout) as Result;
}
