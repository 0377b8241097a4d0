import { createHash, randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { applyMigrations, readMigrations } from '@epochal/database';
import pg from 'pg';
import { urlOfDatabase } from './postgres/ensure-database.js';
import { cacheDirectory } from './postgres/folders.js';
import { startPostgres, type EmbeddedPostgres } from './postgres/start-postgres.js';

export interface TestDatabaseOptions {
  /** `migrated` (default): all tables, no rows. `empty`: no tables either. */
  readonly content?: 'migrated' | 'empty';
  /** Connection URL of a server to use instead of the shared one; its user must be allowed to create databases. */
  readonly server?: string;
}

export interface TestDatabase {
  readonly url: string;
  /** Closes all connections to the database and deletes it. */
  drop(): Promise<void>;
}

const templateLockKey = 725_310_419;
const prefix = 'epochal_';
const memoryDirectory = '/dev/shm';
const staleAfter = '6 hours';
let server: Promise<EmbeddedPostgres> | undefined;

/**
 * The Postgres that all tests of this machine share: started by the first that asks, adopted by the others, and left
 * running for the next run. It does not wait for the disk, so its data may be lost when the machine crashes.
 */
export function startTestPostgres(): Promise<EmbeddedPostgres> {
  server ??= testDirectory().then((directory) => startPostgres({ directory, durability: 'none' }));
  return server;
}

/** In memory where there is enough of it, which makes a database ten times faster on a slow disk. */
async function testDirectory(): Promise<string> {
  const memory = await statfs(memoryDirectory).catch(() => undefined);
  const isRoomy = memory !== undefined && memory.bavail * memory.bsize > 2 ** 30;
  return isRoomy
    ? path.join(memoryDirectory, `epochal-${process.getuid?.()}`, 'test-postgres')
    : path.join(cacheDirectory(), 'test-postgres');
}

/**
 * A new database on {@link startTestPostgres}, for one test or one file of tests. It is copied from a template that has
 * the migrations, which takes some 30 ms in memory and up to 150 ms on a slow disk.
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { content = 'migrated', server: url = (await startTestPostgres()).url } = options;
  const template = content === 'empty' ? 'template0' : await ensureTemplate(url);
  const name = `${prefix}test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await onServer(url, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return {
    url: urlOfDatabase(url, name),
    drop: () =>
      onServer(url, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}

const templates = new Map<string, Promise<string>>();

function ensureTemplate(url: string): Promise<string> {
  const known = templates.get(url) ?? buildTemplate(url);
  templates.set(url, known);
  return known;
}

/** Builds the template for the migrations as they are now, once for all processes. */
async function buildTemplate(url: string): Promise<string> {
  const checksums = (await readMigrations()).map(({ checksum }) => checksum).join();
  const template = `${prefix}template_${createHash('sha256').update(checksums).digest('hex').slice(0, 16)}`;
  await onServer(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [templateLockKey]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount !== 0) return;
    await dropStaleDatabases(client);
    // Built under another name: a template that exists is complete.
    const draft = `${template}_draft`;
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${draft} TEMPLATE template0`);
    await applyMigrations(urlOfDatabase(url, draft));
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
  });
  return template;
}

/** Killed test runs leave their databases behind, and older migrations their templates. */
async function dropStaleDatabases(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database
     WHERE datname ~ '^${prefix}(test|template)_[0-9a-f]'
       AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)
       AND (pg_stat_file('base/' || oid || '/PG_VERSION')).modification < now() - $1::interval`,
    [staleAfter],
  );
  for (const { name } of rows) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

async function onServer<Result>(
  url: string,
  action: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}
