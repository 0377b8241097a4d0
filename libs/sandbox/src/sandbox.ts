import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `bubblewrap`: its own namespaces, no network. `none`: a plain process with an empty environment. */
export type SandboxMode = 'bubblewrap' | 'none';

/** A program and what of the file system it may see. Paths are absolute and the same inside. */
export interface SandboxedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What to hand to `child_process.spawn`. Inherited file descriptors pass through. */
export interface SpawnArguments {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

/** The operator asked for bubblewrap and it does not run here. */
export class SandboxUnavailableError extends Error {
  override readonly name = 'SandboxUnavailableError';
}

/** What a program needs of the system: its libraries, the time zone, and nothing of the users. */
const SYSTEM_PATHS = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/localtime',
];
const GPU_DEVICES = ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-modeset'];

const ISOLATION = [
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '--tmpfs',
  '/tmp',
];

/**
 * Finds out how programs can be confined on this machine, by trying it.
 *
 * @throws SandboxUnavailableError when `setting` demands bubblewrap and it cannot run
 */
export async function detectSandbox(setting: 'auto' | SandboxMode): Promise<SandboxMode> {
  if (setting === 'none') return 'none';
  try {
    const { command, args, env } = confine('bubblewrap', {
      command: process.execPath,
      args: ['--version'],
      readable: [process.execPath],
      writable: [],
      environment: {},
    });
    await run(command, args, { env, timeout: 10_000 });
    return 'bubblewrap';
  } catch (error) {
    if (setting === 'auto') return 'none';
    const reason = error instanceof Error ? error.message : String(error);
    throw new SandboxUnavailableError(
      `bubblewrap cannot run here (${reason.trim()}). Install it (apt-get install bubblewrap) or set SANDBOX=auto.`,
      { cause: error },
    );
  }
}

/** The command line that runs a program in the given mode. */
export function confine(mode: SandboxMode, program: SandboxedProgram): SpawnArguments {
  const env = { ...program.environment };
  if (mode === 'none') return { command: program.command, args: [...program.args], env };
  const args = [
    ...ISOLATION,
    ...SYSTEM_PATHS.filter(existsSync).flatMap((path) => ['--ro-bind', path, path]),
    ...GPU_DEVICES.filter(existsSync).flatMap((path) => ['--dev-bind', path, path]),
    ...program.readable.flatMap((path) => ['--ro-bind', path, path]),
    ...program.writable.flatMap((path) => ['--bind', path, path]),
    '--',
    program.command,
    ...program.args,
  ];
  return { command: 'bwrap', args, env: { PATH: '/usr/bin:/bin', ...env } };
}
