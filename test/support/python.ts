import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonExecutable } from '../../scripts/python-environment.mjs';

const run = promisify(execFile);

/** Runs a script of test/python with real Keras. @returns what it printed as its last line, from JSON */
export async function keras<Result>(script: string, args: readonly string[]): Promise<Result> {
  const file = fileURLToPath(new URL(`../python/${script}`, import.meta.url));
  const { stdout } = await run(pythonExecutable(), [file, ...args], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '' },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Result;
}
