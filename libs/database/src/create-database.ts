import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';

/** The typed client for all tables. */
export type Database = PrismaClient;

export interface DatabaseOptions {
  /** Most connections that are open at a time. Default: 10. */
  readonly poolSize?: number;
  /** What the connections are called in `pg_stat_activity`. Default: `epochal`. */
  readonly applicationName?: string;
  /** Is told of connections that broke while idle; the pool replaces them. */
  readonly onConnectionError?: (error: Error) => void;
}

/** Opens a pool of connections. They are made when they are needed; `$disconnect()` closes them. */
export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const { poolSize = 10, applicationName = 'epochal', onConnectionError = () => undefined } = options;
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: poolSize,
      application_name: applicationName,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 30_000,
      // Notices a peer that vanished without a word, such as a host that lost power.
      keepAlive: true,
    },
    { onPoolError: onConnectionError, onConnectionError },
  );
  return new PrismaClient({ adapter });
}
