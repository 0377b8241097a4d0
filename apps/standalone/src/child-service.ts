import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';

const STOP_GRACE_MS = 20_000;
const RESTART_DELAY_MS = 1_000;

export interface ChildServiceOptions {
  readonly name: string;
  /** Path of the main module. */
  readonly main: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly log: (message: string) => void;
  /** Once it aborts, the process is not started again: Ctrl-C reaches the children as soon as it reaches us. */
  readonly signal: AbortSignal;
}

/** A process of the service: started again when it ends by itself, ended with us, its output kept in a file. */
export class ChildService {
  readonly #log: WriteStream;
  #child: ChildProcess;
  #stopping = false;

  constructor(private readonly options: ChildServiceOptions) {
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
    this.#child = this.#start();
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (this.running) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      await exited;
      clearTimeout(timer);
    }
    this.#log.end();
  }

  get #isStopping(): boolean {
    return this.#stopping || this.options.signal.aborted;
  }

  #start(): ChildProcess {
    const { name, main, environment, log } = this.options;
    // The channel lets the child notice that we are gone, even when we are killed.
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    child.once('exit', (code, signal) => {
      if (this.#isStopping) return;
      log(
        `The ${name} ended (${signal ?? `exit code ${code}`}) and is started again; see ${this.options.logFile}.`,
      );
      setTimeout(() => {
        if (!this.#isStopping) this.#child = this.#start();
      }, RESTART_DELAY_MS);
    });
    return child;
  }
}
