import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import pg from 'pg';
import type { Attach, Consumer, ConsumerSettings, Producer } from './backend.js';
import { QueueUnavailableError } from './errors.js';

const { Queue, Worker } = withBackend(createPostgresBackend);
const connectMilliseconds = 5_000;
const producerConnections = 2;
const consumerConnections = 4;

// BullMQ remembers for good when its very first connection fails, and its worker's loop then never comes to rest.
// So both sides are handed out, and the worker is started, only after that connection stands.

export async function openPostgresProducer(url: string, name: string, attach: Attach): Promise<Producer> {
  await createTables(url);
  const queue = new Queue(name, { connection: connectionOptions(url, producerConnections) });
  attach(queue);
  await waitUntilReady(queue);
  return {
    add: (...parameters) => queue.add(...parameters),
    count: () => queue.count(),
    isConnected: () => true, // The pool connects when it is used, and fails at once when it can't.
    close: () => queue.close(),
    disconnect: () => queue.disconnect(),
  };
}

export async function openPostgresConsumer(
  url: string,
  name: string,
  { process, options }: ConsumerSettings,
  attach: Attach,
): Promise<Consumer> {
  await createTables(url);
  const connection = connectionOptions(url, consumerConnections);
  const worker = new Worker(name, process, { ...options, connection, autorun: false });
  attach(worker);
  await waitUntilReady(worker);
  worker.run().catch((error: Error) => worker.emit('error', error));
  return { close: () => worker.close(), disconnect: () => worker.disconnect() };
}

/** BullMQ does not create its tables by itself. Processes that start together wait for each other. */
async function createTables(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMilliseconds });
  client.on('error', () => undefined); // A lost connection fails the query that runs.
  try {
    await client.connect();
    await runMigrations(client);
  } catch (error) {
    throw new QueueUnavailableError('its tables could not be prepared', { cause: error });
  } finally {
    await client.end();
  }
}

async function waitUntilReady(opened: {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}): Promise<void> {
  try {
    await opened.waitUntilReady();
  } catch (error) {
    await opened.close();
    throw new QueueUnavailableError('its database went away', { cause: error });
  }
}

function connectionOptions(url: string, max: number) {
  return {
    connectionString: url,
    max,
    application_name: 'epochal queue',
    connectionTimeoutMillis: connectMilliseconds,
    keepAlive: true,
  };
}
