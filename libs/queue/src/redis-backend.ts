import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { Attach, Consumer, ConsumerSettings, Producer } from './backend.js';

const prefix = 'epochal';
const connectMilliseconds = 5_000;

const redisOptions = {
  // What was sent when the connection broke is sent again, however long Redis is away.
  maxRetriesPerRequest: null,
  connectTimeout: connectMilliseconds,
  retryStrategy: (attempt: number) =>
    Math.min(100 * 2 ** Math.min(attempt, 10), 2_000) * (0.5 + Math.random() / 2),
} satisfies RedisOptions;

/** Waits up to 5 s for Redis, and goes on without it: it may come back later. */
export async function openRedisProducer(url: string, name: string, attach: Attach): Promise<Producer> {
  // Commands fail at once while Redis is away, instead of piling up.
  const redis = new Redis(url, { ...redisOptions, enableOfflineQueue: false });
  const queue = new Queue(name, { prefix, connection: redis });
  attach(queue);
  const isConnected = () => redis.status === 'ready';
  const deadline = Date.now() + connectMilliseconds;
  while (!isConnected() && Date.now() < deadline) await delay(20);
  return {
    add: (...parameters) => queue.add(...parameters),
    count: () => queue.count(),
    isConnected,
    close: () => queue.close(),
    disconnect: async () => redis.disconnect(),
  };
}

export async function openRedisConsumer(
  url: string,
  name: string,
  { process, options }: ConsumerSettings,
  attach: Attach,
): Promise<Consumer> {
  const connection = new TrackedRedis(url, redisOptions);
  const worker = new Worker(name, process, { ...options, prefix, connection });
  attach(worker);
  return { close: () => worker.close(), disconnect: async () => connection.disconnectAll() };
}

/** BullMQ copies the client that a worker is given, and can't end the copy while Redis is away: we keep track of it. */
class TrackedRedis extends Redis {
  private readonly copies: Redis[] = [];

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    this.copies.push(copy);
    return copy;
  }

  disconnectAll(): void {
    for (const client of [this, ...this.copies]) {
      client.disconnect();
      // Between two attempts to connect, ioredis drops the next one without saying that this was the end.
      if (client.status === 'reconnecting') {
        client.status = 'end';
        client.emit('end');
      }
    }
  }
}
