import { defineConfig } from 'prisma/config';

// `prisma generate` downloads the native schema engine, which it never runs, unless this names an existing file.
// Migrations are made by prisma/migrate.mjs and applied by libs/database, neither of which needs that engine.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
});
