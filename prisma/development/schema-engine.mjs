// Prisma's schema engine, compiled to WebAssembly, on the `pg` driver. It compares schemas and writes the SQL between them.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { connectSchemaAdapter } from './schema-adapter.mjs';

/** @typedef {{ path: string, content: string }} SchemaFile */

/**
 * The SQL that brings the tables of a database to what the schema files say; `undefined` when they are the same.
 *
 * The engine could also apply the migrations to a shadow database by itself. We hand it a database to which our own
 * program applied them: that is one thing less to trust, and no connection string is open to be mistaken for a shadow's.
 *
 * @param {string} url
 * @param {SchemaFile[]} files
 * @returns {Promise<string | undefined>}
 */
export async function findDifference(url, files) {
  const { SchemaEngine } = await loadEngine();
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connectSchemaAdapter(url),
    connectToShadowDb: () =>
      Promise.reject(new Error('No shadow database is needed to compare with a real one')),
  });
  const datamodels = files.map((file) => [file.path, file.content]);
  const engine = await SchemaEngine.new({ datamodels }, () => undefined, factory);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: process.cwd() },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? undefined : stdout;
  } finally {
    engine.free();
  }
}

let loaded;

/** Node 20 can't `import` WebAssembly, as the package's main entry does: its parts are put together here. */
async function loadEngine() {
  if (loaded !== undefined) return loaded;
  // Without this, a panic in the engine shows up as an unrelated TypeError.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => console.error(`Prisma's engine: ${message}`),
  };
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const gluePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(path.join(path.dirname(gluePath), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  loaded = glue;
  return loaded;
}
