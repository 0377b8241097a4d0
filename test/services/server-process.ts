import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '../support/wait-until.js';

const KEEPER = fileURLToPath(new URL('keep-server.sh', import.meta.url));

/** A server that a test started, and that dies with the test's process. */
export interface ServerProcess {
  readonly pid: number;
  hasEnded(): boolean;
  /** Sends the signal, unless the server has ended, and waits for its end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to this process's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes what the server prints. */
  readonly logFile: string;
}

/**
 * Starts a server and waits until it answers.
 * @throws Error with what the server printed, when it ends before it answers
 */
export async function startServerProcess(
  command: ServerCommand,
  answers: () => Promise<boolean>,
): Promise<ServerProcess> {
  const server = await spawnServer(command);
  await waitUntil(`${command.program} answers`, async () => {
    if (server.hasEnded()) {
      const printed = await readFile(command.logFile, 'utf8');
      throw new Error(`${command.program} ended before it answered:\n${printed}`);
    }
    return answers();
  });
  return server;
}

async function spawnServer({ program, args, environment, logFile }: ServerCommand): Promise<ServerProcess> {
  const log = await open(logFile, 'a');
  const shell = spawn('sh', [KEEPER, program, ...args], {
    stdio: ['pipe', 'pipe', log.fd],
    env: { ...process.env, ...environment },
  });
  const ended = once(shell, 'exit');
  const [line] = (await once(createInterface({ input: shell.stdout! }), 'line')) as [string];
  await log.close();
  const pid = Number(line);
  const hasEnded = (): boolean => shell.exitCode !== null || shell.signalCode !== null;
  return {
    pid,
    hasEnded,
    end: async (signal) => {
      if (!hasEnded()) process.kill(pid, signal);
      await ended;
    },
  };
}
