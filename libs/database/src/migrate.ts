import { readConfiguration } from '@epochal/configuration';
import { applyMigrations } from './migrations/apply-migrations.js';

// The release step `npm run db:migrate`: brings the database that DATABASE_URL names up to date.
try {
  const { database } = readConfiguration(process.env);
  const applied = await applyMigrations(database.url, undefined, console.log);
  console.log(applied.length === 0 ? 'The database is up to date.' : 'The database is up to date now.');
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
