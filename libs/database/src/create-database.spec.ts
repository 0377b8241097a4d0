import { createTestDatabase, type TestDatabase } from '@epochal/embedded-services';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, type Database } from './create-database.js';
import { inTransaction, type Transaction } from './transaction.js';

let testDatabase: TestDatabase;
let database: Database;
const connectionErrors: Error[] = [];

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  connectionErrors.length = 0;
  database = createDatabase(testDatabase.url, {
    applicationName: 'under test',
    onConnectionError: (error) => connectionErrors.push(error),
  });
});
afterEach(async () => {
  await database.$disconnect();
  await testDatabase.drop();
});

async function onOtherConnection(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: testDatabase.url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

test('rows come back as they went in', async () => {
  const created = await database.project.create({ data: { id: 'proj_1', name: 'Häuser' } });
  expect(await database.project.findUnique({ where: { id: 'proj_1' } })).toEqual(created);
});

test('connections that are cut while idle are reported and replaced', async () => {
  await Promise.all([1, 2, 3].map(() => database.project.count()));
  await onOtherConnection(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'under test'",
  );
  await expect.poll(() => database.project.count().catch(String)).toBe(0);
  expect(connectionErrors.length).toBeGreaterThan(0);
});

test('a transaction that throws leaves nothing behind', async () => {
  const failing = inTransaction(database, async (transaction) => {
    await transaction.project.create({ data: { id: 'proj_1', name: 'x' } });
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await database.project.count()).toBe(0);
});

const write = {
  'statements of the client': (transaction: Transaction, id: string, name: string) =>
    transaction.project.update({ where: { id }, data: { name } }),
  'raw statements': (transaction: Transaction, id: string, name: string) =>
    transaction.$executeRaw`UPDATE projects SET name = ${name} WHERE id = ${id}`,
};

test.each(Object.entries(write))(
  'two transactions that deadlock both get through: %s',
  async (_, setName) => {
    await database.project.createMany({ data: ['proj_1', 'proj_2'].map((id) => ({ id, name: '' })) });
    let attempts = 0;
    let arrived = 0;
    let meet!: () => void;
    const met = new Promise<void>((resolve) => (meet = resolve));

    const nameBoth = (ids: [string, string], name: string) =>
      inTransaction(database, async (transaction) => {
        attempts += 1;
        for (const id of ids) {
          await setName(transaction, id, name);
          // Both hold their first row before either asks for its second.
          arrived += 1;
          if (arrived === 2) meet();
          await met;
        }
      });

    await Promise.all([nameBoth(['proj_1', 'proj_2'], 'a'), nameBoth(['proj_2', 'proj_1'], 'b')]);
    expect(attempts).toBe(3);
    const names = (await database.project.findMany()).map(({ name }) => name);
    expect(names).toEqual([names[0], names[0]]);
  },
);
