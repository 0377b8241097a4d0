import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@epochal/embedded-services';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applyMigrations } from './apply-migrations.js';
import { assertSchemaIsCurrent, readSchemaStatus } from './schema-status.js';

let database: TestDatabase;
let directory: string;
let client: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase({ content: 'empty' });
  directory = await mkdtemp(path.join(tmpdir(), 'epochal-migrations-'));
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(directory, { recursive: true });
});

async function writeMigration(name: string, sql: string): Promise<void> {
  await mkdir(path.join(directory, name), { recursive: true });
  await writeFile(path.join(directory, name, 'migration.sql'), sql);
}

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(sql)).rows;
}

async function tables(): Promise<unknown[]> {
  const rows = await rowsOf(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
  );
  return rows.map((row) => row['tablename']);
}

const apply = () => applyMigrations(database.url, directory);

test('migrations are applied in the order of their names and recorded as Prisma records them', async () => {
  const second = 'ALTER TABLE a ADD COLUMN b INT';
  await writeMigration('20260102000000_second', second);
  await writeMigration('20260101000000_first', 'CREATE TABLE a (id INT)');
  expect(await apply()).toEqual(['20260101000000_first', '20260102000000_second']);
  const rows = await rowsOf('SELECT * FROM _prisma_migrations ORDER BY started_at');
  expect(rows).toHaveLength(2);
  expect(rows[1]).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    checksum: createHash('sha256').update(second).digest('hex'),
    migration_name: '20260102000000_second',
    finished_at: expect.any(Date) as Date,
    started_at: expect.any(Date) as Date,
    logs: null,
    rolled_back_at: null,
    applied_steps_count: 1,
  });
});

test('only what a database lacks is applied', async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await apply();
  expect(await apply()).toEqual([]);
  await writeMigration('2_second', 'CREATE TABLE b (id INT)');
  expect(await apply()).toEqual(['2_second']);
});

test('processes that start together apply each migration once', async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await writeMigration('2_second', 'CREATE TABLE b (id INT)');
  const applied = await Promise.all(Array.from({ length: 5 }, apply));
  expect(applied.flat().sort()).toEqual(['1_first', '2_second']);
});

test("a process waits while Prisma's own tool holds its lock", async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await client.query('SELECT pg_advisory_lock(72707369)');
  let waits!: () => void;
  const waiting = new Promise<void>((resolve) => (waits = resolve));
  const applying = applyMigrations(database.url, directory, () => waits());
  await waiting;
  expect(await tables()).toEqual([]);
  await client.query('SELECT pg_advisory_unlock(72707369)');
  expect(await applying).toEqual(['1_first']);
});

test('a function body and a semicolon in a literal reach Postgres whole', async () => {
  await writeMigration(
    '1_function',
    `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END; $$; SELECT f();`,
  );
  await apply();
  expect(await rowsOf('SELECT f() AS f')).toEqual([{ f: 'a;b' }]);
});

test('a migration that fails leaves nothing behind, names its line, and goes through once it is mended', async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await writeMigration('2_second', 'CREATE TABLE b (id INT);\nCREATE TABLE\n  a (id INT);');
  await expect(apply()).rejects.toMatchObject({ code: 'failed', migrations: ['2_second'] });
  await writeMigration('2_second', 'CREATE TABLE b (id INT);\nSELECT missing;');
  await expect(apply()).rejects.toThrow(
    /^Migration 2_second failed at line 2: column "missing" does not exist/,
  );
  expect(await tables()).toEqual(['a']);
  await writeMigration('2_second', 'CREATE TABLE b (id INT);');
  expect(await apply()).toEqual(['2_second']);
});

test('an edited migration stops everything before anything is applied', async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await apply();
  await writeMigration('1_first', 'CREATE TABLE a (id BIGINT)');
  await writeMigration('2_second', 'CREATE TABLE b (id INT)');
  await expect(apply()).rejects.toMatchObject({ code: 'edited', migrations: ['1_first'] });
  await expect(assertSchemaIsCurrent(database.url, directory)).rejects.toMatchObject({ code: 'edited' });
  expect(await tables()).toEqual(['a']);
});

test('a migration that another tool left half-done blocks until it is marked as rolled back', async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await apply();
  await writeMigration('2_second', 'CREATE TABLE b (id INT)');
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', '', '2_second')`,
  );
  await expect(apply()).rejects.toMatchObject({ code: 'failed-before', migrations: ['2_second'] });
  await expect(assertSchemaIsCurrent(database.url, directory)).rejects.toMatchObject({
    code: 'failed-before',
  });
  await client.query('UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL');
  expect(await apply()).toEqual(['2_second']);
});

test('a folder without migrations is an error, not an empty database', async () => {
  await expect(apply()).rejects.toMatchObject({ code: 'no-migrations' });
  await expect(applyMigrations(database.url, path.join(directory, 'none'))).rejects.toThrow(
    `There are no migrations in ${path.join(directory, 'none')}.`,
  );
});

test('a process refuses to start on a database that is behind, and says how to mend it', async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await expect(assertSchemaIsCurrent(database.url, directory)).rejects.toThrow(
    'Migrations to apply: 1_first. Apply them with: npm run db:migrate',
  );
  await apply();
  await assertSchemaIsCurrent(database.url, directory);
});

test('a process starts on a database that is ahead, as during an update', async () => {
  await writeMigration('1_first', 'CREATE TABLE a (id INT)');
  await writeMigration('2_second', 'CREATE TABLE b (id INT)');
  await apply();
  await rm(path.join(directory, '2_second'), { recursive: true });
  await assertSchemaIsCurrent(database.url, directory);
  expect(await readSchemaStatus(database.url, directory)).toEqual({
    pending: [],
    failed: [],
    edited: [],
    unknown: ['2_second'],
  });
});

test('a database that is not there is an error that names it, without the password', async () => {
  const url = new URL(database.url);
  url.pathname = '/missing';
  await expect(applyMigrations(url.href)).rejects.toThrow(
    `The database missing at 127.0.0.1:${url.port} can't be reached: database "missing" does not exist`,
  );
  await expect(assertSchemaIsCurrent('postgresql://me:secret@127.0.0.1:1/x')).rejects.toThrow(
    "The database x at 127.0.0.1:1 can't be reached: connect ECONNREFUSED 127.0.0.1:1",
  );
});
