import { type EventDraft, JOB_STATUS_MOVES, JOB_STATUSES, type JobStatus } from '@epochal/contracts';
import { createDatabase, type Database, NotificationListener } from '@epochal/database';
import { createTestDatabase } from '@epochal/embedded-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  appendEvents,
  changeStatus,
  EventTail,
  followEvents,
  readEvents,
  StaleAttemptError,
} from './index.js';

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;
let listener: NotificationListener;
let jobs = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url);
  listener = new NotificationListener(testDatabase.url);
  await database.project.create({ data: { id: 'proj', name: 'test' } });
  await database.model.create({
    data: {
      id: 'model',
      projectId: 'proj',
      name: 'm',
      dialect: 'keras_3',
      className: 'Sequential',
      definition: {},
      signature: {},
    },
  });
  await database.dataset.create({
    data: {
      id: 'ds',
      projectId: 'proj',
      name: 'd',
      rows: 1,
      sizeBytes: 1,
      sha256: '',
      columns: [],
      objectKey: 'k',
    },
  });
});
afterAll(async () => {
  await listener.close();
  await database.$disconnect();
  await testDatabase.drop();
});

async function createJob(status: JobStatus = 'running', attempt = 1): Promise<string> {
  const id = `job_${String((jobs += 1)).padStart(26, '0')}`;
  const job = {
    id,
    projectId: 'proj',
    kind: 'fit',
    modelId: 'model',
    datasetId: 'ds',
    request: {},
    status,
    attempt,
    maxAttempts: 3,
  };
  await database.job.create({ data: job });
  return id;
}

const draft = (message: string) => ({
  at: new Date(),
  event: { type: 'log', data: { level: 'info', message } } satisfies EventDraft,
});

describe('appending events', () => {
  it('numbers them from 1 without a gap, also when many write at once', async () => {
    const job = await createJob();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        appendEvents(database, job, 1, [draft(`${index}a`), draft(`${index}b`)]),
      ),
    );
    const events = await readEvents(database, job, { after: 0, limit: 100 });
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    const messages = events.map(({ data }) => (data as { message: string }).message);
    for (let index = 0; index < 20; index += 1) {
      expect(messages.indexOf(`${index}b`)).toBe(messages.indexOf(`${index}a`) + 1);
    }
  });

  it('is refused for an attempt that is no longer the current one, and writes nothing', async () => {
    const job = await createJob('running', 2);
    await expect(appendEvents(database, job, 1, [draft('late')])).rejects.toThrow(StaleAttemptError);
    expect(await readEvents(database, job, { after: 0, limit: 10 })).toEqual([]);
  });

  it.each(['queued', 'paused', 'succeeded', 'failed', 'cancelled'] as const)(
    'is refused while no worker holds the job: %s',
    async (status) => {
      const job = await createJob(status);
      await expect(appendEvents(database, job, 1, [draft('late')])).rejects.toThrow(StaleAttemptError);
    },
  );
});

describe('changing the status', () => {
  const pairs = JOB_STATUSES.flatMap((from) => JOB_STATUSES.map((to) => ({ from, to })));
  const isAllowed = ({ from, to }: (typeof pairs)[number]) => JOB_STATUS_MOVES[from].includes(to);

  it.each(pairs.filter(isAllowed))(
    'moves $from to $to, with an event and a line of history',
    async ({ from, to }) => {
      const job = await createJob(from);
      expect(await changeStatus(database, { jobId: job, to })).toMatchObject({
        previous: from,
        seq: 1,
        attempt: 1,
      });
      const row = await database.job.findUniqueOrThrow({ where: { id: job } });
      expect(row).toMatchObject({ status: to, statusHistory: [{ status: to, attempt: 1 }] });
      expect(await readEvents(database, job, { after: 0, limit: 10 })).toMatchObject([
        { type: 'job_status', data: { status: to, previous: from, reason: null } },
      ]);
    },
  );

  it.each(pairs.filter((pair) => !isAllowed(pair)))('does not move $from to $to', async ({ from, to }) => {
    const job = await createJob(from);
    expect(await changeStatus(database, { jobId: job, to })).toBeNull();
    expect(await readEvents(database, job, { after: 0, limit: 10 })).toEqual([]);
    expect((await database.job.findUniqueOrThrow({ where: { id: job } })).status).toBe(from);
  });

  it('has one winner when two move a job at once', async () => {
    const job = await createJob('running');
    const outcomes = await Promise.all([
      changeStatus(database, { jobId: job, to: 'succeeded' }),
      changeStatus(database, { jobId: job, to: 'cancelling', from: ['running'] }),
      changeStatus(database, { jobId: job, to: 'failed' }),
    ]);
    const events = await readEvents(database, job, { after: 0, limit: 10 });
    expect(events).toHaveLength(outcomes.filter(Boolean).length);
    const last = events.at(-1)!;
    expect((await database.job.findUniqueOrThrow({ where: { id: job } })).status).toBe(
      (last.data as { status: string }).status,
    );
  });

  it('keeps the reason of a failure, ends the lease and sets the times', async () => {
    const job = await createJob('running');
    await database.job.update({ where: { id: job }, data: { leaseUntil: new Date(), workerId: 'w' } });
    const reason = { category: 'user', code: 'loss_not_finite', message: 'The loss is NaN.' } as const;
    await changeStatus(database, { jobId: job, attempt: 1, to: 'failed', reason });
    const row = await database.job.findUniqueOrThrow({ where: { id: job } });
    expect(row).toMatchObject({ statusReason: reason, leaseUntil: null, workerId: null });
    expect(row.finishedAt).toBeInstanceOf(Date);
    expect(row.statusHistory).toMatchObject([{ reason: 'The loss is NaN.' }]);
  });
});

describe('following a job', () => {
  it('gives every event once and in order, those before and those while it follows, and ends with the job', async () => {
    const job = await createJob();
    const tail = new EventTail();
    await tail.start(listener);
    await appendEvents(database, job, 1, [draft('0'), draft('1')]);
    const writing = (async () => {
      for (let index = 2; index < 50; index += 1)
        await appendEvents(database, job, 1, [draft(String(index))]);
      await changeStatus(database, { jobId: job, to: 'succeeded' });
    })();
    const seen: number[] = [];
    const { signal } = new AbortController();
    for await (const event of followEvents(database, tail, job, { after: 1, signal })) seen.push(event.seq);
    await writing;
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
    expect(tail.subscribers).toBe(0);
  });

  it('ends when its reader goes away', async () => {
    const job = await createJob();
    const tail = new EventTail();
    const controller = new AbortController();
    const next = followEvents(database, tail, job, { after: 0, signal: controller.signal }).next();
    controller.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(tail.subscribers).toBe(0);
  });
});
