import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, startPostgres, type TestDatabase } from '@epochal/embedded-services';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, type Database } from '../create-database.js';
import { NotificationListener } from './notification-listener.js';
import { notify } from './notify.js';

let testDatabase: TestDatabase;
let database: Database;
let listener: NotificationListener;
let errors: Error[];
let received: string[];
const receive = (payload: string) => void received.push(payload);

beforeEach(async () => {
  testDatabase = await createTestDatabase({ content: 'empty' });
  database = createDatabase(testDatabase.url);
  errors = [];
  received = [];
  listener = new NotificationListener(testDatabase.url, { onError: (error) => errors.push(error) });
});
afterEach(async () => {
  await listener.close();
  await database.$disconnect();
  await testDatabase.drop();
});

/** Sends a last notification and waits for it: what was sent before it has arrived, too. */
async function settle(on: NotificationListener, channel: string): Promise<void> {
  const arrived = new Promise<void>((resolve) => {
    void on
      .listen(channel, (payload) => payload === 'last' && resolve())
      .then(() => notify(database, channel, 'last'));
  });
  await arrived;
}

async function cutConnections(): Promise<void> {
  await database.$queryRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'epochal notifications' AND datname = current_database()`;
}

test('a notification reaches every subscriber of its channel, in order, and nobody else', async () => {
  const other: string[] = [];
  await listener.listen('Jobs "x"', receive);
  await listener.listen('Jobs "x"', receive);
  await listener.listen('jobs', (payload) => void other.push(payload));
  await notify(database, 'Jobs "x"', '1');
  await notify(database, 'Jobs "x"', '2');
  await settle(listener, 'jobs');
  expect(received).toEqual(['1', '1', '2', '2']);
  expect(other).toEqual(['last']);
});

test('a notification in a transaction arrives with the commit, or never', async () => {
  await listener.listen('jobs', receive);
  await database.$transaction(async (transaction) => {
    await notify(transaction, 'jobs', 'committed');
    await settle(listener, 'other');
    expect(received).toEqual([]);
  });
  const failing = database.$transaction(async (transaction) => {
    await notify(transaction, 'jobs', 'rolled back');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await settle(listener, 'other');
  expect(received).toEqual(['committed']);
});

test('nothing arrives after unsubscribing, and the others stay subscribed', async () => {
  const unsubscribe = await listener.listen('jobs', receive);
  const stay: string[] = [];
  const leaveLast = await listener.listen('jobs', (payload) => void stay.push(payload));
  await unsubscribe();
  await unsubscribe();
  await notify(database, 'jobs', '1');
  await settle(listener, 'other');
  await leaveLast();
  await notify(database, 'jobs', '2');
  await settle(listener, 'other');
  expect({ received, stay }).toEqual({ received: [], stay: ['1'] });
});

test('a lost connection is made again, told about, and listens to the same channels', async () => {
  let reconnects = 0;
  const reconnected = new Promise<void>((resolve) => {
    void listener.listen('jobs', receive, {
      onReconnect: () => {
        reconnects += 1;
        resolve();
      },
    });
  });
  await listener.listen('others', receive);
  await cutConnections();
  await reconnected;
  await notify(database, 'jobs', '1');
  await notify(database, 'others', '2');
  await settle(listener, 'others');
  expect(received).toEqual(['1', '2', 'last']);
  expect(reconnects).toBe(1);
  expect(errors.length).toBeGreaterThan(0);
});

test('an error in a handler is reported and harms nobody else', async () => {
  await listener.listen('jobs', () => {
    throw new Error('broken handler');
  });
  await listener.listen('jobs', receive);
  await notify(database, 'jobs', '1');
  await settle(listener, 'jobs');
  expect(received).toEqual(['1', 'last']);
  expect(errors.map(({ message }) => message)).toEqual(['broken handler', 'broken handler']);
});

test('a server that is down at first is waited for, and one that restarts is found again', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'epochal-listener-'));
  const start = () =>
    startPostgres({ directory, fallbackDirectory: `${directory}-root`, durability: 'none' });
  const server = await start();
  const own = new NotificationListener(server.url, { onError: (error) => errors.push(error) });
  try {
    await server.stop();
    const listening = own.listen('jobs', receive);
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    await start();
    await listening;
    const reconnected = new Promise<void>(
      (resolve) => void own.listen('more', receive, { onReconnect: resolve }),
    );
    await own.listen('more', receive);
    await server.stop();
    await start();
    await reconnected;
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(`NOTIFY jobs, 'again'`);
    await client.end();
    await expect.poll(() => received).toEqual(['again']);
  } finally {
    await own.close();
    await server.stop();
    await rm(directory, { recursive: true });
    await rm(`${directory}-root`, { recursive: true, force: true });
  }
}, 60_000);

test('a peer that vanishes without a word is noticed', async () => {
  const proxy = await startProxy(testDatabase.url);
  const own = new NotificationListener(proxy.url, {
    pingMilliseconds: 100,
    onError: (error) => errors.push(error),
  });
  try {
    const reconnected = new Promise<void>(
      (resolve) => void own.listen('jobs', receive, { onReconnect: resolve }),
    );
    await own.listen('jobs', receive);
    proxy.freeze();
    await reconnected;
    expect(errors.length).toBeGreaterThan(0);
  } finally {
    await own.close();
    proxy.close();
  }
});

test('closing rejects who still waits, and who comes later', async () => {
  const unreachable = new NotificationListener('postgresql://nobody@127.0.0.1:1/none');
  const waiting = unreachable.listen('jobs', receive).catch(String);
  await unreachable.close();
  expect(await waiting).toBe('Error: The notification listener was closed');
  await expect(unreachable.listen('jobs', receive)).rejects.toThrow('closed');
});

test('what Postgres would cut off or refuse is refused with a reason', async () => {
  await expect(notify(database, 'jobs', 'x'.repeat(8000))).rejects.toThrow(
    'up to 7999 bytes; this one has 8000',
  );
  await expect(listener.listen('j'.repeat(64), receive)).rejects.toThrow('1 to 63 bytes');
  await expect(notify(database, '', 'x')).rejects.toThrow('1 to 63 bytes');
});

/** A TCP proxy before a database whose open connections can be made to swallow everything. */
async function startProxy(target: string) {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    pairs.push([client, upstream]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).resume();
        upstream.unpipe(client).resume();
      }
    },
    close: () => {
      server.close();
      for (const socket of pairs.flat()) socket.destroy();
    },
  };
}
