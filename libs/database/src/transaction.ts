import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './create-database.js';
import { Prisma } from './generated/client.js';

/** A client whose statements belong to one transaction. */
export type Transaction = Prisma.TransactionClient;

const mostAttempts = 5;

/**
 * Runs `work` in a transaction (READ COMMITTED). When Postgres breaks off a deadlock or a serialization failure, `work`
 * runs again, up to five times in all: it must have no effect outside of the transaction. It waits up to 10 s for a
 * connection, and is broken off after 30 s.
 */
export async function inTransaction<Result>(
  database: Database,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.$transaction(work, { maxWait: 10_000, timeout: 30_000 });
    } catch (error) {
      if (attempt === mostAttempts || !mayBeRetried(error)) throw error;
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}

function mayBeRetried(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  if (error.code === 'P2034') return true;
  // Raw statements fail with a code of their own, and carry what the driver said.
  const driverError = error.meta?.['driverAdapterError'];
  const cause = driverError instanceof Error ? driverError.cause : undefined;
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'kind' in cause &&
    cause.kind === 'TransactionWriteConflict'
  );
}
