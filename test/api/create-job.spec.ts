import { createJobSchema, type Job, jobSchema } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '@epochal/observability';
import { createWorker, type Worker } from '@epochal/queue';
import { startService, type TestService } from './service.js';
import { createTiny, type Tiny } from './tiny-model.js';

let service: TestService;
let tiny: Tiny;
beforeAll(async () => {
  service = await startService({ MAX_ATTEMPTS: '5' });
  tiny = await createTiny(service);
});
afterAll(() => service.close());

const create = (changes: object = {}) =>
  service.request('post', '/v1/jobs').send({ ...tiny.job, ...changes });
/** Ids that a real consumer of the queue was given. */
const received: string[] = [];
let consumer: Worker;

beforeAll(async () => {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const train = async ({ job_id: jobId }: { job_id: string }) => void received.push(jobId);
  consumer = await createWorker(service.configuration.queue, { train }, { concurrency: 1, logger });
});
afterAll(() => consumer.close());

describe('creating a job', () => {
  it('answers the queued job with every default filled in', async () => {
    const response = await create({ name: 'first' }).expect(201);
    const job: Job = jobSchema.parse(response.body);
    expect(response.body).toEqual(job);
    expect(job).toMatchObject({
      object: 'job',
      kind: 'fit',
      name: 'first',
      status: 'queued',
      is_terminal: false,
      status_reason: null,
      attempt: 0,
      max_attempts: 5,
      queue: { position: 1 },
      progress: null,
      execution: null,
      logs: null,
      result: null,
      started_at: null,
      finished_at: null,
    });
    expect(job.status_history).toEqual([{ status: 'queued', at: job.created_at, attempt: 0, reason: null }]);
    expect(job.request).toEqual(createJobSchema.parse({ ...tiny.job, name: 'first' }));
    expect(job.links).toEqual({
      self: `/v1/jobs/${job.id}`,
      events: `/v1/jobs/${job.id}/events`,
      checkpoints: `/v1/jobs/${job.id}/checkpoints`,
      model: `/v1/models/${tiny.modelId}`,
      dataset: `/v1/datasets/${tiny.datasetId}`,
      download: null,
    });
    expect(response.headers['location']).toBe(job.links.self);
  });

  it('writes its first event and puts its id into the queue', async () => {
    const { body } = await create().expect(201);
    const events = await service.request('get', `/v1/jobs/${body.id}/events`).expect(200);
    expect(events.body.data).toMatchObject([
      {
        seq: 1,
        type: 'job_status',
        at: body.created_at,
        data: { status: 'queued', previous: null, reason: null },
      },
    ]);
    await expect.poll(() => received).toContain(body.id);
  });

  it('counts its place among all jobs that wait, also those of other projects', async () => {
    const { body } = await create().expect(201);
    const waiting = await service.database.job.count({ where: { status: 'queued', id: { lt: body.id } } });
    expect(body.queue.position).toBe(waiting + 1);
  });

  it('is accepted while the queue is away: workers find it in the database', async () => {
    await service.database.$executeRawUnsafe('ALTER SCHEMA bullmq RENAME TO bullmq_away');
    const { body } = await create().expect(201);
    await service.database.$executeRawUnsafe('ALTER SCHEMA bullmq_away RENAME TO bullmq');
    expect(body.status).toBe('queued');
    expect(service.log.some(({ level, job_id: id }) => level === 'warn' && id === body.id)).toBe(true);
  });
});

describe('a job that is refused', () => {
  it.each([
    ['an unknown field', { epochs: 3 }, ['/epochs']],
    ['a misspelt field of fit', { fit: { epoch: 3 } }, ['/fit/epoch']],
    ['a number out of range', { fit: { epochs: 0 } }, ['/fit/epochs']],
    ['no loss', { compile: { optimizer: 'adam' } }, ['/compile/loss']],
    ['an unknown loss', { compile: { loss: 'mean_squared' } }, ['/compile/loss']],
    ['an unknown optimizer', { compile: { loss: 'mse', optimizer: 'adamm' } }, ['/compile/optimizer']],
    [
      'an unknown config key',
      { compile: { loss: 'mse', optimizer: { class_name: 'Adam', config: { learning_rate: 'fast' } } } },
      ['/compile/optimizer/config/learning_rate'],
    ],
    [
      'an unknown metric',
      { compile: { loss: 'mse', metrics: ['mae', 'accuracyy'] } },
      ['/compile/metrics/1'],
    ],
    ['an unknown callback', { callbacks: [{ class_name: 'EarlyStoping' }] }, ['/callbacks/0/class_name']],
    ['a column that is not there', { data: { x: ['size', 'room'], y: 'price' } }, ['/data/x/1']],
    ['too few columns', { data: { x: 'size', y: 'price' } }, ['/data/x']],
    [
      'splits without rows to train on',
      { data: { x: ['size', 'rooms'], y: 'price', split: { test: 0.5, validation: 0.5 } } },
      ['/data/split'],
    ],
    ['a model that does not exist', { model_id: `model_${'0'.repeat(26)}` }, ['/model_id']],
    ['a dataset that does not exist', { dataset_id: `ds_${'0'.repeat(26)}` }, ['/dataset_id']],
    [
      'a version that does not exist',
      { initial_version_id: `mver_${'0'.repeat(26)}` },
      ['/initial_version_id'],
    ],
    ['an id of another form', { model_id: 'model_1' }, ['/model_id']],
    [
      'several things',
      { fit: { epochs: 'ten' }, compile: { loss: 'mse', optimiser: 'sgd' } },
      ['/compile/optimiser', '/fit/epochs'],
    ],
  ])('for %s says where, and leaves nothing behind', async (_, changes, pointers) => {
    const before = await service.database.job.count();
    const { body } = await create(changes).expect(422);
    expect(body.code).toBe('invalid_request');
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual(pointers);
    expect(await service.database.job.count()).toBe(before);
  });

  it('is never queued', async () => {
    const known = new Set(
      (await service.database.job.findMany({ select: { id: true } })).map(({ id }) => id),
    );
    await create({ fit: { epochs: 0 } }).expect(422);
    const last = (await create().expect(201)).body.id;
    // One consumer takes them in order: whatever came before the last one has come.
    await expect.poll(() => received).toContain(last);
    expect(received.filter((id) => id !== last && !known.has(id))).toEqual([]);
  });

  it('names all that does not exist at once', async () => {
    const { body } = await create({
      model_id: `model_${'0'.repeat(26)}`,
      dataset_id: `ds_${'0'.repeat(26)}`,
    });
    expect(body.errors).toHaveLength(2);
  });

  it('may not use models and datasets of other projects', async () => {
    const other = await service.createOtherProject();
    const { body } = await service.request('post', '/v1/jobs', other).send(tiny.job).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/model_id',
      '/dataset_id',
    ]);
  });

  it('may not use deleted models and datasets', async () => {
    const gone = await createTiny(service);
    await service.request('delete', `/v1/models/${gone.modelId}`).expect(204);
    await service.request('delete', `/v1/datasets/${gone.datasetId}`).expect(204);
    const { body } = await service.request('post', '/v1/jobs').send(gone.job).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/model_id',
      '/dataset_id',
    ]);
  });

  it('or accepted, never uses a dataset that is deleted at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const racing = await createTiny(service);
      const [created, deleted] = await Promise.all([
        service.request('post', '/v1/jobs').send(racing.job),
        service.request('delete', `/v1/datasets/${racing.datasetId}`),
      ]);
      expect([`201 409`, `422 204`]).toContain(`${created.status} ${deleted.status}`);
    }
  });
});
