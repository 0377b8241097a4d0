import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const cache =
  process.env['EPOCHAL_CACHE_DIR'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'epochal');
const PYTHON = process.env['EPOCHAL_PYTHON'] ?? path.join(cache, 'python', 'bin', 'python');

/** Runs a Python program of this folder with real Keras. @returns the JSON that it prints last */
export const runPython = <T>(program: string, args: readonly string[], input = ''): Promise<T> =>
  new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL(program, import.meta.url));
    const child = execFile(PYTHON, [file, ...args], { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout.trim().split('\n').at(-1)!) as T);
      else reject(new Error(`${program} ${args.join(' ')} failed: ${stderr}`, { cause: error }));
    });
    child.stdin!.end(input);
  });
