import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { literal } from './sql.js';

export interface SessionOptions {
  /** In DuckDB's notation, such as `512MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** The only folder whose files the session can read and write; what doesn't fit in memory goes there too. */
  readonly directory: string;
}

/** A DuckDB in memory that reaches neither the network nor files outside of one folder. */
export interface Session {
  readonly connection: DuckDBConnection;
  /** Runs a statement and returns its rows; for few rows only. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  close(): void;
}

export async function openSession({ memoryLimit, threads, directory }: SessionOptions): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    threads: String(threads),
    temp_directory: directory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Both keep freed memory away from the process instead of caching it.
    enable_external_file_cache: 'false',
    allocator_flush_threshold: '16MB',
  });
  const connection = await instance.connect();
  // Texts that look like dates are read the same wherever the program runs.
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET parquet_metadata_cache = true');
  await connection.run(`SET allowed_directories = [${literal(directory)}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return {
    connection,
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Runs `use` with a session, and ends the session and whatever it still computes when the signal says so. */
export async function withSession<Result>(
  options: SessionOptions & { readonly signal?: AbortSignal },
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { signal } = options;
  signal?.throwIfAborted();
  const session = await openSession(options);
  let repeat: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    session.connection.interrupt();
    // An interrupt is lost on a statement that has not begun, or on the pause between two.
    repeat ??= setInterval(interrupt, 50);
  };
  signal?.addEventListener('abort', interrupt);
  try {
    return await use(session);
  } catch (error) {
    signal?.throwIfAborted();
    throw isDiskFull(error) ? diskFull(error) : error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(repeat);
    session.close();
  }
}

/** DuckDB tells so in words only. */
const isDiskFull = (error: unknown): error is Error =>
  error instanceof Error && /No space left on device|Disk quota exceeded|File too large/i.test(error.message);

const diskFull = (error: Error): Error =>
  Object.assign(new Error('the disk is full', { cause: error }), { code: 'ENOSPC' });
