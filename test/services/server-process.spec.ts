import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../support/wait-until.js';
import { startServerProcess } from './server-process.js';

const KEEPER = fileURLToPath(new URL('keep-server.sh', import.meta.url));

// Starts a server as the tests do, and then only waits.
const STARTER = `
  const { spawn } = require('node:child_process');
  spawn('sh', [${JSON.stringify(KEEPER)}, 'tail', '-f', '/dev/null'], { stdio: ['pipe', 'inherit', 'inherit'] });`;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function startStarter(): Promise<{ starter: ChildProcess; server: number }> {
  const starter = spawn(process.execPath, ['--eval', STARTER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: starter.stdout }), 'line')) as [string];
  return { starter, server: Number(line) };
}

describe('a server of a test', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-server-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each(['SIGKILL', 'SIGTERM'] as const)('dies when its starter gets %s', async (signal) => {
    const { starter, server } = await startStarter();
    expect(isRunning(server)).toBe(true);
    starter.kill(signal);
    await waitUntil('the server is gone', () => !isRunning(server));
  });

  it('has ended when end() returns, whichever signal it gets', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const command = { program: 'tail', args: ['-f', '/dev/null'], logFile: path.join(folder, 'log') };
      const server = await startServerProcess(command, async () => true);
      expect(server.hasEnded()).toBe(false);
      await server.end(signal);
      expect(server.hasEnded()).toBe(true);
      expect(isRunning(server.pid)).toBe(false);
    }
  });

  it('that ends before it answers is an error with what it printed', async () => {
    const command = { program: 'ls', args: ['/no/such/folder'], logFile: path.join(folder, 'log') };
    await expect(startServerProcess(command, async () => false)).rejects.toThrow('/no/such/folder');
  });
});
