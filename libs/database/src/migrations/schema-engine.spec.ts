import { createTestDatabase, type TestDatabase } from '@epochal/embedded-services';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

interface SchemaFile {
  path: string;
  content: string;
}

// The development tools are plain JavaScript, so that they run before anything is built.
const development = new URL('../../../../prisma/development/', import.meta.url);
const { findDifference } = (await import(new URL('schema-engine.mjs', development).href)) as {
  findDifference: (url: string, files: SchemaFile[]) => Promise<string | undefined>;
};
const { readSchema } = (await import(new URL('folders.mjs', development).href)) as {
  readSchema: () => Promise<SchemaFile[]>;
};

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function execute(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

test('the migrations yield what the Prisma schema says', async () => {
  expect(await findDifference(database.url, await readSchema())).toBeUndefined();
});

test('what the schema says and a database lacks is found, as SQL that adds it', async () => {
  await execute('ALTER TABLE projects DROP COLUMN name');
  const sql = await findDifference(database.url, await readSchema());
  expect(sql).toMatch(/ALTER TABLE "projects" ADD COLUMN +"name" TEXT NOT NULL/);
});

test('checks, partial indexes and functions, which the Prisma schema has no words for, are no difference', async () => {
  await execute(`
    ALTER TABLE projects ADD CONSTRAINT name_is_short CHECK (length(name) < 100);
    CREATE INDEX nameless ON jobs (id) WHERE name IS NULL;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
    CREATE TRIGGER t BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION f();`);
  expect(await findDifference(database.url, await readSchema())).toBeUndefined();
});
