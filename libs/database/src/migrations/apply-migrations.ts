import pg from 'pg';
import { connect } from '../connect.js';
import { MigrationError } from './migration-error.js';
import { migrationsDirectory, readMigrations, type Migration } from './migration-folder.js';
import { createMigrationTable, readAppliedMigrations, recordMigration } from './migration-table.js';
import { assertSound, compareMigrations } from './schema-status.js';

/** The key under which Prisma's own engine locks a database while it migrates. */
const prismaLockKey = 72_707_369;

/**
 * Applies the migrations that a database lacks, and returns their names. Needs none of Prisma's engines, but keeps to
 * Prisma's table, checksums and lock, so that either can go on where the other ended. Each migration is one
 * transaction: it is applied and recorded, or neither. Calls at the same time wait for each other.
 *
 * The lock belongs to a session: connect to Postgres itself, not through a pooler in transaction mode.
 *
 * @param log is told, one sentence each, what is applied
 * @throws {MigrationError} naming the migration, with the line of the statement that failed
 * @throws {DatabaseUnreachableError}
 */
export async function applyMigrations(
  url: string,
  directory: string = migrationsDirectory,
  log: (message: string) => void = () => undefined,
): Promise<string[]> {
  const migrations = await readMigrations(directory);
  const client = await connect(url);
  try {
    await lock(client, log);
    await createMigrationTable(client);
    const status = compareMigrations(migrations, await readAppliedMigrations(client));
    assertSound(status);
    for (const migration of migrations.filter(({ name }) => status.pending.includes(name))) {
      await applyMigration(client, migration);
      log(`Applied migration ${migration.name}.`);
    }
    return [...status.pending];
  } finally {
    await client.end();
  }
}

async function lock(client: pg.Client, log: (message: string) => void): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    prismaLockKey,
  ]);
  if (rows[0]?.locked) return;
  log('Waiting for another process that migrates this database.');
  await client.query('SELECT pg_advisory_lock($1)', [prismaLockKey]);
}

async function applyMigration(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await recordMigration(client, migration);
    await client.query('COMMIT');
  } catch (error) {
    throw new MigrationError(
      'failed',
      [migration.name],
      `Migration ${migration.name} failed${lineOf(error, migration.sql)}: ${String(error instanceof Error ? error.message : error)}. ` +
        'It was rolled back whole; the ones before it stay applied.',
      { cause: error },
    );
  }
}

function lineOf(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError) || error.position === undefined) return '';
  return ` at line ${sql.slice(0, Number(error.position)).split('\n').length}`;
}
