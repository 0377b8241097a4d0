export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './postgres/embedded-postgres-error.js';
export { ensureDatabase } from './postgres/ensure-database.js';
export {
  startPostgres,
  type EmbeddedPostgres,
  type StartPostgresOptions,
} from './postgres/start-postgres.js';
export {
  createTestDatabase,
  startTestPostgres,
  type TestDatabase,
  type TestDatabaseOptions,
} from './test-database.js';
