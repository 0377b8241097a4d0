import { connect } from '../connect.js';
import { MigrationError, SchemaNotCurrentError } from './migration-error.js';
import { readMigrations, type Migration } from './migration-folder.js';
import { readAppliedMigrations, type AppliedMigration } from './migration-table.js';

/** How a database stands to a folder of migrations. All lists hold names. */
export interface SchemaStatus {
  readonly pending: readonly string[];
  /** Left half-applied by a tool that does not use one transaction a migration. */
  readonly failed: readonly string[];
  /** Changed in the folder after they were applied. */
  readonly edited: readonly string[];
  /** Applied, but not in the folder: the database is ahead of this version of the software. */
  readonly unknown: readonly string[];
}

export function compareMigrations(
  folder: readonly Migration[],
  applied: readonly AppliedMigration[],
): SchemaStatus {
  const finished = new Map(applied.filter((row) => row.finished).map((row) => [row.name, row.checksum]));
  const inFolder = new Set(folder.map(({ name }) => name));
  return {
    pending: folder.filter(({ name }) => !finished.has(name)).map(({ name }) => name),
    failed: applied.filter((row) => !row.finished).map(({ name }) => name),
    edited: folder
      .filter(({ name, checksum }) => (finished.get(name) ?? checksum) !== checksum)
      .map(({ name }) => name),
    unknown: [...finished.keys()].filter((name) => !inFolder.has(name)),
  };
}

/** @throws {MigrationError} `failed-before` or `edited`: states that nobody should build on */
export function assertSound({ failed, edited }: SchemaStatus): void {
  if (failed.length > 0) {
    throw new MigrationError(
      'failed-before',
      failed,
      `The database has migrations that were begun and not finished: ${failed.join(', ')}. Undo by hand what they did, then ` +
        `mark them: UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL`,
    );
  }
  if (edited.length > 0) {
    throw new MigrationError(
      'edited',
      edited,
      `Migrations were edited after they had been applied to this database: ${edited.join(', ')}. ` +
        'Restore the files as they were, and put the change into a new migration.',
    );
  }
}

/** Compares a database with a folder of migrations, by default this repository's. */
export async function readSchemaStatus(url: string, directory?: string): Promise<SchemaStatus> {
  const client = await connect(url);
  try {
    return compareMigrations(await readMigrations(directory), await readAppliedMigrations(client));
  } finally {
    await client.end();
  }
}

/**
 * For the start of a process: refuses to work on a database that lacks a migration. A database that is ahead is fine,
 * since during an update the old version still runs beside the new one.
 *
 * @throws {SchemaNotCurrentError} naming the migrations and the command that applies them
 * @throws {MigrationError} when a migration is half-applied or was edited
 * @throws {DatabaseUnreachableError}
 */
export async function assertSchemaIsCurrent(url: string, directory?: string): Promise<void> {
  const status = await readSchemaStatus(url, directory);
  assertSound(status);
  if (status.pending.length > 0) throw new SchemaNotCurrentError(status.pending);
}
