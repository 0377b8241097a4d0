import { spawn } from 'node:child_process';

/**
 * Runs a program to its end, its output captured.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ found: boolean, code: number | null, output: string }>} `found` is false when there is no such program
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const { cwd, env } = options;
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => {
      if (error.code === 'ENOENT') resolve({ found: false, code: null, output: '' });
      else reject(error);
    });
    child.once('close', (code) =>
      resolve({ found: true, code, output: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

/**
 * The first of `candidates` that answers `--version`.
 * @param {readonly (readonly string[])[]} candidates each a program and its leading arguments
 * @returns {Promise<readonly string[] | undefined>}
 */
export async function firstWorking(candidates) {
  for (const candidate of candidates) {
    const [command, ...args] = candidate;
    const result = await runCommand(command, [...args, '--version']);
    if (result.found && result.code === 0) return candidate;
  }
  return undefined;
}

/** The last lines of a program's output, short enough for an error message. */
export function tail(output, lines = 12) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}
