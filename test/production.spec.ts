import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EpochalService, startEpochalService } from './support/epochal-service.js';
import { allEvents, startHousingJob } from './support/housing.js';
import { waitUntil } from './support/wait-until.js';
import { type RedisService, startRedis } from './services/redis.js';
import { type S3Service, startS3 } from './services/s3.js';

/** The processes of docker-compose.yml, without Docker: Redis, an S3 server, Postgres, the API and two workers. */
describe('with Redis, an S3 server and two workers', () => {
  let redis: RedisService;
  let s3: S3Service;
  let service: EpochalService;

  beforeAll(async () => {
    [redis, s3] = await Promise.all([startRedis(), startS3()]);
    service = await startEpochalService({
      workers: 2,
      environment: {
        REDIS_URL: redis.url,
        S3_ENDPOINT: s3.endpoint,
        S3_ACCESS_KEY_ID: s3.accessKeyId,
        S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
        S3_BUCKET: 'epochal',
      },
    });
  });
  afterAll(async () => {
    await service?.stop();
    await Promise.all([redis?.stop(), s3?.stop()]);
  });

  const finished = async (jobId: string) => {
    const events = await allEvents(service.client, jobId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    return { events, job: await service.client.jobs.get(jobId) };
  };

  it('trains four jobs at the same time on two workers, and the saved models download', async () => {
    const started = await Promise.all([1, 2, 3, 4].map(() => startHousingJob(service.client)));
    for (const { id } of started) {
      const { job } = await finished(id);
      expect(job).toMatchObject({ status: 'succeeded', attempt: 1 });
      const file = await service.client.models.download(job.request.model_id, { format: 'h5' });
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
    }
  });

  it('loses no job when Redis dies with all its data', async () => {
    const running = await startHousingJob(service.client, { fit: { epochs: 100 } });
    const waiting = await Promise.all([1, 2].map(() => startHousingJob(service.client)));
    await waitUntil('it runs', async () => (await service.client.jobs.get(running.id)).status === 'running');
    await redis.kill();
    const unqueued = await startHousingJob(service.client);
    await redis.restart();
    for (const { id } of [running, ...waiting, unqueued]) {
      expect((await finished(id)).job).toMatchObject({ status: 'succeeded', attempt: 1 });
    }
  });

  it('goes on training when a checkpoint cannot reach the store, says so in the events, and misses nothing later', async () => {
    const { id } = await startHousingJob(service.client, {
      fit: { epochs: 2_000 },
      checkpoints: { min_interval_seconds: 0.2, keep_last: 2 },
    });
    await waitUntil(
      'a checkpoint is stored',
      async () => (await service.client.jobs.checkpoints(id)).data.length > 0,
    );
    await s3.kill();
    const warning = await waitUntil('the job warns', async () => {
      const page = await service.client.jobs.eventPage(id, { types: ['log'], limit: 100 });
      return page.data[0];
    });
    expect(warning.data).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('could not be reached'),
    });
    await s3.restart();
    const before = (await service.client.jobs.eventPage(id, { types: ['checkpoint_saved'], limit: 1000 }))
      .data.length;
    await waitUntil('checkpoints are stored again', async () => {
      const page = await service.client.jobs.eventPage(id, { types: ['checkpoint_saved'], limit: 1000 });
      return page.data.length > before;
    });
    expect((await service.client.jobs.get(id)).status).toBe('running');
    await service.client.jobs.cancel(id);
    expect((await finished(id)).job.status).toBe('cancelled');
  });
});
