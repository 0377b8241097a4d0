import type { EventEmitter } from 'node:events';
import type { QueueConfiguration } from '@epochal/configuration';
import type { JobsOptions, Processor, WorkerOptions } from 'bullmq';
import { openPostgresConsumer, openPostgresProducer } from './postgres-backend.js';
import { openRedisConsumer, openRedisProducer } from './redis-backend.js';

/** What we use of a BullMQ queue, whichever backend it stands on. */
export interface Producer {
  add(this: void, name: string, data: unknown, options: JobsOptions): Promise<unknown>;
  /** How many jobs wait, which asks the server. */
  count(this: void): Promise<number>;
  /** Whether a command sent now has a chance; without this, commands would wait for a server that is away. */
  isConnected(): boolean;
  close(): Promise<void>;
  /** Ends the connections, also when the server does not answer. */
  disconnect(): Promise<void>;
}

/** What we use of a BullMQ worker, whichever backend it stands on. */
export interface Consumer {
  close(): Promise<void>;
  /** Ends the connections, also when the server does not answer. */
  disconnect(): Promise<void>;
}

/** Adds listeners to a queue or worker before anything can happen to it. */
export type Attach = (events: EventEmitter) => void;

export interface ConsumerSettings {
  readonly process: Processor;
  readonly options: Omit<WorkerOptions, 'connection'>;
}

/**
 * Opens the sending side of a queue.
 *
 * @throws {QueueUnavailableError} when Postgres can't be reached; a Redis that is away may come later
 */
export function openProducer(
  { backend, url }: QueueConfiguration,
  name: string,
  attach: Attach,
): Promise<Producer> {
  return backend === 'redis' ? openRedisProducer(url, name, attach) : openPostgresProducer(url, name, attach);
}

/**
 * Opens the receiving side of a queue, which takes jobs from then on.
 *
 * @throws {QueueUnavailableError} when Postgres can't be reached; a Redis that is away may come later
 */
export function openConsumer(
  { backend, url }: QueueConfiguration,
  name: string,
  settings: ConsumerSettings,
  attach: Attach,
): Promise<Consumer> {
  return backend === 'redis'
    ? openRedisConsumer(url, name, settings, attach)
    : openPostgresConsumer(url, name, settings, attach);
}
