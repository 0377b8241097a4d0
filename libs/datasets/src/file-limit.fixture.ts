import { execFileSync } from 'node:child_process';

/** Runs something while this process can make no file longer than so many bytes: to it the disk looks full. */
export async function withFileLimit<Result>(bytes: number, run: () => Promise<Result>): Promise<Result> {
  const limit = (value: string): void =>
    void execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${value}:`]);
  limit(String(bytes));
  try {
    return await run();
  } finally {
    limit('unlimited');
  }
}
