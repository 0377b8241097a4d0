import { assertSchemaIsCurrent } from '@epochal/database';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import {
  createTestDatabase,
  startTestPostgres,
  type TestDatabase,
  type TestDatabaseOptions,
} from './test-database.js';

const created: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(created.splice(0).map((database) => database.drop()));
});

async function create(options?: TestDatabaseOptions): Promise<TestDatabase> {
  const database = await createTestDatabase(options);
  created.push(database);
  return database;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a test database has every table, no row, and nothing in common with another', async () => {
  const [one, other] = await Promise.all([create(), create()]);
  await assertSchemaIsCurrent(one.url);
  await query(one.url, `INSERT INTO projects (id, name) VALUES ('proj_1', 'mine')`);
  expect(await query(other.url, 'SELECT * FROM projects')).toEqual([]);
});

test('an empty one has no table', async () => {
  const { url } = await create({ content: 'empty' });
  expect(await query(url, `SELECT FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
});

test('dropping one closes connections that were left open, and leaves the others', async () => {
  const [one, other] = await Promise.all([create(), create()]);
  const left = new pg.Client({ connectionString: one.url });
  const lost = new Promise((resolve) => left.on('error', resolve));
  await left.connect();
  await dropNow(one);
  await lost;
  const { url } = await startTestPostgres();
  const names = (await query(url, 'SELECT datname FROM pg_database')).map(({ datname }) => datname);
  expect(names).not.toContain(new URL(one.url).pathname.slice(1));
  expect(names).toContain(new URL(other.url).pathname.slice(1));
});

async function dropNow(database: TestDatabase): Promise<void> {
  created.splice(created.indexOf(database), 1);
  await database.drop();
}
