import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import {
  type ControlMessage,
  TRAINER_CONTROL_FD,
  TRAINER_MESSAGE_FD,
  type TrainerMessage,
  trainerMessageSchema,
} from '@epochal/contracts';
import { confine, type SandboxMode } from '@epochal/sandbox';

const LOG_LINES = 50;

/** How a trainer ended. `code` is null when a signal ended it. */
export interface TrainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last lines of output. */
  readonly log: readonly string[];
}

export interface TrainerProgram {
  readonly sandbox: SandboxMode;
  /** Path of the trainer's main module. */
  readonly main: string;
  /** Folders that the program is made of: code, packages, native libraries. */
  readonly readable: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** One run of the trainer in a process of its own. */
export class TrainerProcess {
  readonly #child: ChildProcess;
  readonly #log: string[] = [];
  /** Settles when the process has ended and everything that it said was handled. */
  readonly exit: Promise<TrainerExit>;

  constructor(program: TrainerProgram, runFolder: string, onMessage: (message: TrainerMessage) => void) {
    const { command, args, env } = confine(program.sandbox, {
      command: process.execPath,
      args: [program.main, `${runFolder}/run.json`, `${runFolder}/data`, `${runFolder}/out`],
      readable: [process.execPath, ...program.readable],
      writable: [runFolder],
      environment: program.environment,
    });
    this.#child = spawn(command, args, {
      env,
      cwd: runFolder,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      // The leader of a process group of its own, so that all of it can be ended.
      detached: true,
    });
    // A trainer that ended no longer reads; its exit tells, not the broken pipe.
    this.#control.on('error', () => this.kill());
    this.#child.stdin?.on('error', () => this.kill());
    this.#child.once('exit', () => {
      // Killed early, a sandbox leaves the process behind that was to become the trainer. Later, the trainer ends without
      // its control channel.
      this.kill();
      this.#control.destroy();
    });
    this.#keepLog(this.#child.stdout);
    this.#keepLog(this.#child.stderr);
    this.exit = Promise.all([this.#ended(), this.#read(onMessage)]).then(([end]) => ({
      ...end,
      log: this.#log,
    }));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  tell(message: ControlMessage): void {
    if (this.#control.writable) this.#control.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends it at once, with all that it started. */
  kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      // Everything has ended already.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  get #control(): Writable {
    return this.#child.stdio[TRAINER_CONTROL_FD] as Writable;
  }

  #ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#log.push(error.message);
        resolve({ code: null, signal: null });
      });
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  async #read(onMessage: (message: TrainerMessage) => void): Promise<void> {
    const lines = createInterface({ input: this.#child.stdio[TRAINER_MESSAGE_FD] as Readable });
    for await (const line of lines) {
      const message = parseMessage(line);
      if (message) onMessage(message);
      else this.#remember(`a line that is no message: ${line.slice(0, 200)}`);
    }
  }

  #keepLog(stream: Readable | null): void {
    if (stream) createInterface({ input: stream }).on('line', (line) => this.#remember(line));
  }

  #remember(line: string): void {
    this.#log.push(line);
    if (this.#log.length > LOG_LINES) this.#log.shift();
  }
}

/** @returns `null` for a line that a dying trainer did not finish */
function parseMessage(line: string): TrainerMessage | null {
  try {
    return trainerMessageSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
