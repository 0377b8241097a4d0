import type { CreateJobInput, Event, Job } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EpochalService, startEpochalService } from './support/epochal-service.js';
import { allEvents, housingJob, startHousingJob } from './support/housing.js';
import { trainerPid } from './support/trainer-processes.js';
import { waitUntil } from './support/wait-until.js';
import { tensorDigests } from './support/weights.js';

const EPOCHS = 300;

/** Seconds long, to be interrupted in time; with an optimizer that has state; saved seldom enough to have something to lose. */
const longJob = async (): Promise<Partial<CreateJobInput>> => ({
  compile: { ...(await housingJob()).compile, optimizer: 'adam' },
  fit: { epochs: EPOCHS },
  checkpoints: { every_epochs: 5, min_interval_seconds: 0 },
  events: { batch_interval_seconds: 0.05 },
});

const isGapless = (events: readonly Event[]) => events.every(({ seq }, index) => seq === index + 1);
const epochEnds = (events: readonly Event[]) => events.filter((event) => event.type === 'epoch_end');

describe('a job that loses its process', () => {
  let service: EpochalService;
  let reference: { job: Job; events: Event[]; digests: Record<string, string> };

  beforeAll(async () => {
    service = await startEpochalService({ workers: 2 });
    const { id } = await startHousingJob(service.client, await longJob());
    const events = await allEvents(service.client, id);
    const job = await service.client.jobs.get(id);
    reference = { job, events, digests: await tensorDigests(service.client, job) };
  }, 120_000);
  afterAll(() => service?.stop());

  const untilCheckpoint = (jobId: string) =>
    waitUntil('a checkpoint is stored', async () => {
      const { data } = await service.client.jobs.checkpoints(jobId);
      return data.length > 0;
    });

  const expectSameResult = async (jobId: string) => {
    const events = await allEvents(service.client, jobId);
    const job = await service.client.jobs.get(jobId);
    expect(job.status).toBe('succeeded');
    expect(isGapless(events)).toBe(true);
    expect(await tensorDigests(service.client, job)).toEqual(reference.digests);
    expect(job.result?.test).toEqual(reference.job.result?.test);
    expect(job.logs).toEqual(reference.job.logs);
    return { job, events };
  };

  it('(the reference: it runs once when nothing fails)', () => {
    expect(reference.job).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(epochEnds(reference.events)).toHaveLength(EPOCHS);
  });

  it('goes on from its last checkpoint after kill -9 of the trainer, to the same weights bit for bit', async () => {
    const { id } = await startHousingJob(service.client, await longJob());
    await untilCheckpoint(id);
    process.kill(await trainerPid(service, id, 1), 'SIGKILL');
    const { job, events } = await expectSameResult(id);
    expect(job.attempt).toBe(2);
    const begins = events.filter((event) => event.type === 'train_begin');
    expect(begins).toHaveLength(2);
    expect(begins[1]!.data.resumed_from?.epoch).toBeGreaterThanOrEqual(5);
    expect(job.status_history.map(({ status }) => status)).toEqual([
      'queued',
      'starting',
      'running',
      'queued',
      'starting',
      'running',
      'succeeded',
    ]);
    expect(job.status_history[3]!.reason).toMatch(/trainer (was ended by SIGKILL|ended with exit code 137)/);
  });

  it('is taken over by another worker after kill -9 of its worker, and its orphaned trainer ends', async () => {
    const { id } = await startHousingJob(service.client, await longJob());
    const pid = await trainerPid(service, id, 1);
    await untilCheckpoint(id);
    const holder = await holderOf(service, id);
    await holder.kill();
    await waitUntil('the orphaned trainer has ended', () => !isAlive(pid));
    const { job } = await expectSameResult(id);
    expect(job.attempt).toBe(2);
    expect(job.status_history[3]!.reason).toBe('The worker that held the job stopped answering.');
    holder.start();
  });

  it('is handed over without counting a failure when its worker is told to stop', async () => {
    const { id } = await startHousingJob(service.client, await longJob());
    await untilCheckpoint(id);
    const holder = await holderOf(service, id);
    expect(await holder.terminate()).toBe(0);
    const { job } = await expectSameResult(id);
    expect(job.attempt).toBe(2);
    expect(job.status_history[3]).toMatchObject({ status: 'queued', reason: null });
    holder.start();
  });

  it('keeps its stream through kill -9 of the API', async () => {
    const { id } = await startHousingJob(service.client, await longJob());
    const following = allEvents(service.client, id);
    await untilCheckpoint(id);
    await service.api.kill();
    service.api.start();
    const events = await following;
    expect(isGapless(events)).toBe(true);
    expect(epochEnds(events)).toHaveLength(EPOCHS);
  });

  it('fails with the reason and the last lines of the log when every attempt crashes', async () => {
    const { id } = await startHousingJob(service.client, await longJob());
    for (const attempt of [1, 2, 3]) process.kill(await trainerPid(service, id, attempt), 'SIGKILL');
    const events = await allEvents(service.client, id);
    const job = await service.client.jobs.get(id);
    expect(job).toMatchObject({
      status: 'failed',
      attempt: 3,
      status_reason: { category: 'infrastructure', code: 'trainer_crashed' },
    });
    expect(Array.isArray(job.status_reason?.log)).toBe(true);
    expect(isGapless(events)).toBe(true);
  });
});

async function holderOf(service: EpochalService, jobId: string) {
  const { createDatabase } = await import('@epochal/database');
  const database = createDatabase(service.databaseUrl);
  const { workerId } = await database.job.findUniqueOrThrow({ where: { id: jobId } });
  await database.$disconnect();
  return service.workers[Number(workerId!.split('-')[1])]!;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
