/** A migration can't be applied, or the folder and the database disagree. The message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';

  constructor(
    readonly code: 'no-migrations' | 'failed-before' | 'edited' | 'failed',
    /** Names of the migrations in question. */
    readonly migrations: readonly string[],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The database lacks migrations that this version of the software needs. */
export class SchemaNotCurrentError extends Error {
  override readonly name = 'SchemaNotCurrentError';

  constructor(readonly pending: readonly string[]) {
    super(
      `The database schema is behind this version of the software. Migrations to apply: ${pending.join(', ')}. ` +
        'Apply them with: npm run db:migrate',
    );
  }
}
