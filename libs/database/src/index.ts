export { DatabaseUnreachableError } from './connect.js';
export { createDatabase, type Database, type DatabaseOptions } from './create-database.js';
export { applyMigrations } from './migrations/apply-migrations.js';
export { MigrationError, SchemaNotCurrentError } from './migrations/migration-error.js';
export { migrationsDirectory, readMigrations, type Migration } from './migrations/migration-folder.js';
export { assertSchemaIsCurrent, readSchemaStatus, type SchemaStatus } from './migrations/schema-status.js';
export {
  NotificationListener,
  type NotificationListenerOptions,
  type SubscriptionOptions,
  type Unsubscribe,
} from './notifications/notification-listener.js';
export { notify } from './notifications/notify.js';
export { inTransaction, type Transaction } from './transaction.js';
export { Prisma } from './generated/client.js';
