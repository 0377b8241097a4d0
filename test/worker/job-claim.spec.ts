import type { Failure, JobStatus } from '@epochal/contracts';
import { createDatabase, type Database } from '@epochal/database';
import { createTestDatabase, type TestDatabase } from '@epochal/embedded-services';
import { createLogger } from '@epochal/observability';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  claimJob,
  endFailedAttempt,
  renewLease,
  retryDelaySeconds,
} from '../../apps/worker/src/job-claim.js';
import { Reconciler } from '../../apps/worker/src/reconciler.js';

const MINUTE = 60_000;
const failure: Failure = {
  category: 'infrastructure',
  code: 'trainer_crashed',
  message: 'The trainer crashed.',
};
const lease = (workerId: string) => ({ workerId, leaseSeconds: 30 });

let testDatabase: TestDatabase;
let database: Database;
let count = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url);
  await database.project.create({ data: { id: 'proj', name: 'test' } });
  const model = { name: 'm', dialect: 'keras_3', className: 'Sequential', definition: {}, signature: {} };
  await database.model.create({ data: { id: 'model', projectId: 'proj', ...model } });
  const dataset = { name: 'd', rows: 1, sizeBytes: 1, sha256: '', columns: [], objectKey: 'k' };
  await database.dataset.create({ data: { id: 'ds', projectId: 'proj', ...dataset } });
});
afterAll(async () => {
  await database.$disconnect();
  await testDatabase.drop();
});

async function createJob(status: JobStatus = 'queued', fields: object = {}): Promise<string> {
  const id = `job_${String((count += 1)).padStart(26, '0')}`;
  const references = { projectId: 'proj', modelId: 'model', datasetId: 'ds' };
  await database.job.create({
    data: { id, ...references, kind: 'fit', request: {}, maxAttempts: 2, status, ...fields },
  });
  return id;
}

const jobRow = (id: string) => database.job.findUniqueOrThrow({ where: { id } });

describe('claiming a job', () => {
  it('has one winner among many workers, who gets the next attempt number', async () => {
    const jobId = await createJob();
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) => claimJob(database, jobId, lease(`worker-${index}`))),
    );
    expect(claims.filter(Boolean)).toEqual([{ jobId, attempt: 1 }]);
    expect(await jobRow(jobId)).toMatchObject({
      status: 'starting',
      attempt: 1,
      workerId: expect.any(String),
    });
  });

  it('gives nothing for a job that is to wait until it is tried again', async () => {
    const jobId = await createJob('queued', { availableAt: new Date(Date.now() + MINUTE) });
    expect(await claimJob(database, jobId, lease('worker'))).toBeNull();
  });

  it('is kept by renewing the lease, which tells the status, until another attempt begins', async () => {
    const jobId = await createJob();
    const claim = (await claimJob(database, jobId, lease('worker')))!;
    expect(await renewLease(database, claim, 30)).toBe('starting');
    await endFailedAttempt(database, claim, failure);
    expect(await renewLease(database, claim, 30)).toBeNull();
  });
});

describe('a failed attempt', () => {
  it('is tried again later, and the job fails with the reason when its attempts are used up', async () => {
    const jobId = await createJob('running', { attempt: 1, leaseUntil: new Date() });
    const after = await endFailedAttempt(database, { jobId, attempt: 1 }, failure);
    expect(after).toEqual({ outcome: 'queued', delaySeconds: 1 });
    expect(await jobRow(jobId)).toMatchObject({ status: 'queued', failedAttempts: 1, statusReason: failure });

    await database.job.update({
      where: { id: jobId },
      data: { status: 'running', attempt: 2, leaseUntil: new Date() },
    });
    expect(await endFailedAttempt(database, { jobId, attempt: 2 }, failure)).toEqual({ outcome: 'ended' });
    expect(await jobRow(jobId)).toMatchObject({ status: 'failed', failedAttempts: 2, statusReason: failure });
  });

  it.each([
    ['cancelling', 'cancelled'],
    ['pausing', 'paused'],
  ] as const)('leaves a job that is %s as %s', async (status, ended) => {
    const jobId = await createJob(status, { attempt: 1, leaseUntil: new Date() });
    expect(await endFailedAttempt(database, { jobId, attempt: 1 }, failure)).toEqual({ outcome: 'ended' });
    expect((await jobRow(jobId)).status).toBe(ended);
  });

  it('changes nothing when the job is no longer held by it', async () => {
    const jobId = await createJob('running', { attempt: 2, leaseUntil: new Date() });
    await endFailedAttempt(database, { jobId, attempt: 1 }, failure);
    expect(await jobRow(jobId)).toMatchObject({ status: 'running', attempt: 2, failedAttempts: 0 });
  });

  it('waits twice as long each time, up to a minute', () => {
    expect([1, 2, 3, 4, 10].map(retryDelaySeconds)).toEqual([1, 2, 4, 8, 60]);
  });
});

describe('the reconciler', () => {
  it('takes back jobs whose lease has expired, leaves the others, and enqueues every job that waits', async () => {
    await database.job.deleteMany();
    const past = new Date(Date.now() - MINUTE);
    const future = new Date(Date.now() + MINUTE);
    const lost = await createJob('running', { attempt: 1, leaseUntil: past, workerId: 'gone' });
    const held = await createJob('running', { attempt: 1, leaseUntil: future, workerId: 'here' });
    const abandoned = await createJob('cancelling', { attempt: 1, leaseUntil: past });
    const waiting = await createJob('queued');
    const later = await createJob('queued', { availableAt: future });

    const enqueued: string[] = [];
    const enqueue = (jobId: string) => Promise.resolve(void enqueued.push(jobId));
    await new Reconciler(database, enqueue, createLogger({ name: 'test', level: 'silent' })).reconcile();

    const reason = expect.objectContaining({ code: 'worker_lost' });
    expect(await jobRow(lost)).toMatchObject({ status: 'queued', statusReason: reason, leaseUntil: null });
    expect(await jobRow(held)).toMatchObject({ status: 'running', failedAttempts: 0 });
    expect((await jobRow(abandoned)).status).toBe('cancelled');
    expect((await jobRow(later)).status).toBe('queued');
    expect(enqueued).toEqual([waiting]);
  });
});
