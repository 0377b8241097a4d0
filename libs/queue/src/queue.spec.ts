import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createLogger } from '@epochal/observability';
import { Redis } from 'ioredis';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openProducer } from './backend.js';
import { InvalidPayloadError, QueueUnavailableError } from './errors.js';
import { createQueue, type Queue } from './queue.js';
import { postgresServer, redisServer, type QueueServer } from './testing/queue-servers.js';
import { createWorker, type Handlers } from './worker.js';

type Train = Handlers['train'];

const logged: string[] = [];
const logger = createLogger({
  name: 'test',
  level: 'info',
  destination: { write: (line) => void logged.push(line) },
});
const payload = (number: number) => ({ job_id: `job_${String(number).padStart(26, '0')}` });

/** A promise that a test resolves from elsewhere. */
function signal<T = void>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Tries to queue a job while the server may be away. */
async function isQueued(queue: Queue, number: number): Promise<boolean> {
  return queue.enqueue('train', payload(number)).then(
    () => true,
    () => false,
  );
}

describe.each([
  ['Redis', redisServer],
  ['Postgres', postgresServer],
])('on %s', (_, startServer) => {
  let server: QueueServer;
  let queue: Queue;
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    logged.length = 0;
    queue = await createQueue(server.configuration, logger);
    closers.push(() => queue.close());
  });
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  async function work(train: Train, concurrency = 1) {
    const worker = await createWorker(server.configuration, { train }, { concurrency, logger });
    closers.push(() => worker.close());
    return worker;
  }

  test('a payload arrives as it was sent', async () => {
    const arrived = signal<unknown>();
    await work(async (received) => arrived.resolve(received));
    await queue.enqueue('train', payload(1));
    expect(await arrived.promise).toEqual(payload(1));
  });

  test('an id is handled once while its job waits or runs, and can be queued again when it has ended', async () => {
    const handled: string[] = [];
    const [started, release, ended] = [signal(), signal(), signal()];
    await work(async ({ job_id }) => {
      handled.push(job_id);
      started.resolve();
      await release.promise;
      if (job_id === payload(3).job_id) ended.resolve();
    });
    await queue.enqueue('train', payload(1), { jobId: 'same' });
    await queue.enqueue('train', payload(2), { jobId: 'same' });
    await started.promise;
    await queue.enqueue('train', payload(2), { jobId: 'same' });
    release.resolve();
    await expect
      .poll(async () => {
        await queue.enqueue('train', payload(3), { jobId: 'same' });
        return handled;
      })
      .toContain(payload(3).job_id);
    await ended.promise;
    expect(handled).not.toContain(payload(2).job_id);
  });

  test('a delayed job is not handled before its time', async () => {
    const arrived = signal<number>();
    await work(async () => arrived.resolve(Date.now()));
    const sent = Date.now();
    await queue.enqueue('train', payload(1), { delay: 700 });
    expect((await arrived.promise) - sent).toBeGreaterThanOrEqual(695);
  });

  test('a handler that throws is called three times in all; then the id is free again', async () => {
    const attempts: string[] = [];
    const again = signal();
    await work(async ({ job_id }) => {
      attempts.push(job_id);
      if (job_id === payload(2).job_id) return again.resolve();
      throw new Error('Postgres is away');
    });
    await queue.enqueue('train', payload(1), { jobId: 'failing' });
    await expect.poll(() => logged.filter((line) => line.includes('a queued job failed')).length).toBe(3);
    await queue.enqueue('train', payload(2), { jobId: 'failing' });
    await again.promise;
    expect(attempts.filter((id) => id === payload(1).job_id)).toHaveLength(3);
  });

  test('a payload that is not valid is refused on its way in', async () => {
    const invalid = queue.enqueue('train', { job_id: 'ds_1' });
    await expect(invalid).rejects.toThrow(InvalidPayloadError);
    await expect(invalid).rejects.toThrow(
      'The payload of a "train" job is not valid: job_id: must be an id such as',
    );
  });

  test('a payload that is not valid, from another version say, reaches no handler and is not tried again', async () => {
    const producer = await openProducer(server.configuration, 'train', () => undefined);
    closers.push(() => producer.close().then(() => producer.disconnect()));
    await producer.add('train', { jobId: 1 }, { attempts: 3, removeOnFail: true });
    const handled: unknown[] = [];
    const last = signal();
    await work(async (received) => {
      handled.push(received);
      last.resolve();
    });
    await queue.enqueue('train', payload(1));
    await last.promise;
    expect(handled).toEqual([payload(1)]);
    expect(
      logged.filter((line) => line.includes('The payload of a \\"train\\" job is not valid')),
    ).toHaveLength(1);
  });

  test('as many handlers run at a time as the worker has slots, and no more', async () => {
    let running = 0;
    let most = 0;
    let handled = 0;
    const [two, all] = [signal(), signal()];
    await work(async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 2) two.resolve();
      await two.promise;
      running -= 1;
      handled += 1;
      if (handled === 6) all.resolve();
    }, 2);
    await Promise.all([1, 2, 3, 4, 5, 6].map((number) => queue.enqueue('train', payload(number))));
    await all.promise;
    expect(most).toBe(2);
  });

  test('closing a worker waits for the handler that runs and takes no other job', async () => {
    const handled: string[] = [];
    const [started, release] = [signal(), signal()];
    const worker = await work(async ({ job_id }) => {
      handled.push(job_id);
      started.resolve();
      await release.promise;
      handled.push('ended');
    });
    await queue.enqueue('train', payload(1));
    await started.promise;
    await queue.enqueue('train', payload(2));
    const closing = worker.close();
    release.resolve();
    await closing;
    expect(handled).toEqual([payload(1).job_id, 'ended']);
    const arrived = signal<string>();
    await work(async ({ job_id }) => arrived.resolve(job_id));
    expect(await arrived.promise).toBe(payload(2).job_id);
  });

  test('the job of a worker that is killed is handed to another one', async () => {
    const victim = await runWorkerProcess(server);
    const said = once(victim.stdout!, 'data');
    await queue.enqueue('train', payload(1));
    await said;
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    const arrived = signal<unknown>();
    await work(async (received) => arrived.resolve(received));
    expect(await arrived.promise).toEqual(payload(1));
  });

  test('a server that goes away and comes back is survived: errors meanwhile, all as before afterwards', async () => {
    const handled: string[] = [];
    const [started, release] = [signal(), signal()];
    await work(async ({ job_id }) => {
      started.resolve();
      await release.promise;
      handled.push(job_id);
    });
    await queue.enqueue('train', payload(1));
    await started.promise;
    await queue.enqueue('train', payload(2));
    await queue.checkHealth();
    await server.stop();
    await expect(queue.enqueue('train', payload(3))).rejects.toThrow(QueueUnavailableError);
    await expect(queue.checkHealth()).rejects.toThrow(QueueUnavailableError);
    release.resolve();
    await expect.poll(() => handled).toContain(payload(1).job_id);
    await expect.poll(() => logged.join('')).toMatch(/failed|lost touch/);
    await server.start();
    await expect.poll(() => handled).toContain(payload(2).job_id);
    await expect.poll(() => isQueued(queue, 4)).toBe(true);
    await expect.poll(() => handled).toContain(payload(4).job_id);
  });

  test('everything closes in good time while the server is away', async () => {
    const worker = await work(async () => undefined);
    await server.stop();
    try {
      const begun = Date.now();
      await Promise.all([worker.close(), queue.close()]);
      expect(Date.now() - begun).toBeLessThan(10_000);
    } finally {
      await server.start();
    }
  });

  test('processes that start together do not disturb each other', async () => {
    const queues = await Promise.all([1, 2, 3, 4].map(() => createQueue(server.configuration, logger)));
    await Promise.all(queues.map((one, index) => one.enqueue('train', payload(index + 1))));
    await Promise.all(queues.map((one) => one.close()));
    const handled: string[] = [];
    await work(async ({ job_id }) => void handled.push(job_id));
    await expect.poll(() => handled.sort()).toEqual([1, 2, 3, 4].map((number) => payload(number).job_id));
  });
});

test('a Redis that is away at the start may come later', async () => {
  const server = await redisServer();
  await server.stop();
  const queue = await createQueue(server.configuration, logger);
  const arrived = signal<unknown>();
  const train: Train = async (received) => arrived.resolve(received);
  const worker = await createWorker(server.configuration, { train }, { concurrency: 1, logger });
  try {
    await expect(queue.enqueue('train', payload(1))).rejects.toThrow(QueueUnavailableError);
    await server.start();
    await expect.poll(() => isQueued(queue, 1)).toBe(true);
    expect(await arrived.promise).toEqual(payload(1));
  } finally {
    await Promise.all([worker.close(), queue.close()]);
    await server.remove();
  }
});

test('a Postgres that is away at the start is an error that says so', async () => {
  const configuration = { backend: 'postgres', url: 'postgresql://nobody@127.0.0.1:1/none' } as const;
  await expect(createQueue(configuration, logger)).rejects.toThrow(QueueUnavailableError);
  const handlers = { train: async () => undefined };
  await expect(createWorker(configuration, handlers, { concurrency: 1, logger })).rejects.toThrow(
    QueueUnavailableError,
  );
});

test('a Redis that lost all its data takes and hands out jobs again', async () => {
  const server = await redisServer();
  const queue = await createQueue(server.configuration, logger);
  const handled: string[] = [];
  const [started, release] = [signal(), signal()];
  const train: Train = async ({ job_id }) => {
    started.resolve();
    await release.promise;
    handled.push(job_id);
  };
  const worker = await createWorker(server.configuration, { train }, { concurrency: 1, logger });
  try {
    await queue.enqueue('train', payload(1), { jobId: 'one' });
    await started.promise;
    const redis = new Redis(server.configuration.url);
    await redis.flushall();
    await redis.script('FLUSH');
    redis.disconnect();
    release.resolve();
    await queue.enqueue('train', payload(2), { jobId: 'two' });
    await expect.poll(() => handled).toEqual([payload(1).job_id, payload(2).job_id]);
  } finally {
    await Promise.all([worker.close(), queue.close()]);
    await server.remove();
  }
});

/** A Node process of its own with a worker that says so when it gets a job, and never ends it. */
async function runWorkerProcess({ configuration }: QueueServer) {
  const output = new URL('../dist/worker.bundle.mjs', import.meta.url).pathname;
  const bundle = await rolldown({
    input: new URL('worker.ts', import.meta.url).pathname,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
  });
  await bundle.write({ file: output });
  const program = `
    import { createWorker } from ${JSON.stringify(output)};
    import { pino } from 'pino';
    const train = () => new Promise((resolve) => { console.log('started'); setTimeout(resolve, 600_000); });
    await createWorker(${JSON.stringify(configuration)}, { train }, { concurrency: 1, logger: pino({ enabled: false }) });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
