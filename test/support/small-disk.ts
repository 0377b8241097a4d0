import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A disk of a few megabytes, seen by the programs that `enter` runs and by no others: a tmpfs in a mount namespace of its own,
 * which needs no privileges.
 */
export class SmallDisk {
  private constructor(
    private readonly holder: ChildProcess,
    private readonly folder: string,
  ) {}

  static async mount(folder: string, size: string): Promise<SmallDisk> {
    const script = `mount -t tmpfs -o size=${size} tmpfs "$0" && echo ready && exec sleep infinity`;
    const holder = spawn('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await Promise.race([
      once(holder.stdout!, 'data'),
      once(holder, 'exit').then(() => Promise.reject(new Error('this machine allows no user namespaces'))),
    ]);
    return new SmallDisk(holder, folder);
  }

  /** The command that runs another one where the disk is seen. */
  get enter(): string[] {
    return ['nsenter', '--target', String(this.holder.pid), '--user', '--mount', '--preserve-credentials'];
  }

  /** Takes all the room that is left. */
  async fill(): Promise<void> {
    // dd ends with an error: it meets the end of the disk.
    await this.#run(`dd if=/dev/zero of=${this.#filler} bs=4k 2>/dev/null || true`);
  }

  async free(): Promise<void> {
    await this.#run(`rm ${this.#filler}`);
  }

  /** Paths of the files on the disk, below it. */
  async files(): Promise<string[]> {
    const { stdout } = await this.#run(`find ${this.folder} -type f -printf '%P\\n'`);
    return stdout.split('\n').filter(Boolean).sort();
  }

  unmount(): void {
    this.holder.kill('SIGKILL');
  }

  get #filler(): string {
    return path.join(this.folder, 'filler');
  }

  #run(script: string) {
    const [command, ...args] = this.enter;
    return run(command!, [...args, 'sh', '-c', script]);
  }
}
