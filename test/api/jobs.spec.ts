import { checkpointPageSchema } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTROL_CHANNEL } from '@epochal/event-log';
import { NotificationListener } from '@epochal/database';
import { Rows } from './rows.js';
import { startService, type TestService } from './service.js';

let service: TestService;
let rows: Rows;
beforeAll(async () => {
  service = await startService();
  rows = await Rows.of(service.database);
});
afterAll(() => service.close());

const get = async (jobId: string) => (await service.request('get', `/v1/jobs/${jobId}`).expect(200)).body;
const cancel = (jobId: string) => service.request('post', `/v1/jobs/${jobId}/cancel`);
const ids = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

describe('a job', () => {
  it('tells its place in the queue while it waits, and none after', async () => {
    const [first, second] = [await rows.job(), await rows.job()];
    expect((await get(second)).queue.position - (await get(first)).queue.position).toBe(1);
    await rows.move(first, 'starting');
    expect(await get(first)).toMatchObject({ status: 'starting', queue: null, attempt: 1 });
    await rows.move(first, 'running', 'succeeded');
    await rows.move(second, 'cancelled');
  });

  it('tells what workers wrote: progress, execution, logs, result and history', async () => {
    const jobId = await rows.job();
    await rows.move(jobId, 'starting', 'running');
    const versionId = await rows.version(jobId, await rows.checkpoint(jobId, 1));
    const written = {
      progress: { epoch: 1, epochs: 2, step: 0, steps: 4, eta_seconds: 1.5 },
      execution: { mode: 'graph', reason: null, device: 'CPU' },
      logs: { loss: 0.5, val_loss: 'NaN' },
      result: { model_version_id: versionId, test: { loss: 0.25 } },
    };
    await service.database.job.update({ where: { id: jobId }, data: written });
    await rows.move(jobId, 'succeeded');
    const job = await get(jobId);
    expect(job).toMatchObject({ ...written, is_terminal: true, finished_at: expect.any(String) });
    expect(job.status_history.map(({ status }: { status: string }) => status)).toEqual([
      'starting',
      'running',
      'succeeded',
    ]);
    expect(job.links.download).toBe(`/v1/models/${job.request.model_id}/download?version=${versionId}`);
  });

  it('is not found for another project', async () => {
    const jobId = await rows.job();
    const other = await service.createOtherProject();
    for (const address of ['', '/events', '/checkpoints']) {
      await service.request('get', `/v1/jobs/${jobId}${address}`, other).expect(404);
    }
    await service.request('post', `/v1/jobs/${jobId}/cancel`, other).expect(404);
    expect((await get(jobId)).status).toBe('queued');
  });
});

describe('links', () => {
  it('are whole addresses when the operator says where clients reach the service', async () => {
    const named = await startService({ PUBLIC_URL: 'https://epochal.example.com/base' });
    const jobId = await (await Rows.of(named.database)).job();
    const { body } = await named.request('get', `/v1/jobs/${jobId}`).expect(200);
    expect(body.links.events).toBe(`https://epochal.example.com/base/v1/jobs/${jobId}/events`);
    await named.close();
  });
});

describe('listing jobs', () => {
  it('gives the newest first, by status, model and dataset', async () => {
    const [modelId, datasetId] = [await rows.model(), await rows.dataset()];
    const one = await rows.job({ modelId, datasetId });
    const two = await rows.job({ modelId });
    const three = await rows.job({ datasetId });
    await rows.move(three, 'cancelled');
    const list = async (query: string) =>
      ids((await service.request('get', `/v1/jobs?${query}`).expect(200)).body);
    expect((await list('limit=3')).slice(0, 3)).toEqual([three, two, one]);
    expect(await list(`model_id=${modelId}`)).toEqual([two, one]);
    expect(await list(`dataset_id=${datasetId}`)).toEqual([three, one]);
    expect(await list(`dataset_id=${datasetId}&status=cancelled`)).toEqual([three]);
    expect(await list(`dataset_id=${datasetId}&after=${three}&limit=1`)).toEqual([one]);
  });

  it.each([
    ['status=done', '/query/status'],
    ['model_id=1', '/query/model_id'],
    ['state=queued', '/query/state'],
  ])('is refused for ?%s', async (query, pointer) => {
    const { body } = await service.request('get', `/v1/jobs?${query}`).expect(422);
    expect(body.errors).toMatchObject([{ pointer }]);
  });
});

describe('cancelling a job', () => {
  it('that waits ends it at once', async () => {
    const jobId = await rows.job();
    const { body } = await cancel(jobId).expect(200);
    expect(body).toMatchObject({ status: 'cancelled', is_terminal: true, finished_at: expect.any(String) });
    const events = (await service.request('get', `/v1/jobs/${jobId}/events`)).body.data;
    expect(events.at(-1)).toMatchObject({
      type: 'job_status',
      data: { status: 'cancelled', previous: 'queued' },
    });
  });

  it.each(['starting', 'running', 'pausing'] as const)('that is %s tells its worker', async (status) => {
    const jobId = await rows.job();
    const path = {
      starting: ['starting'],
      running: ['starting', 'running'],
      pausing: ['starting', 'running', 'pausing'],
    } as const;
    await rows.move(jobId, ...path[status]);
    const listener = new NotificationListener(service.configuration.database.url);
    const told: string[] = [];
    await listener.listen(CONTROL_CHANNEL, (payload) => void told.push(payload));
    const { body } = await cancel(jobId).expect(200);
    expect(body).toMatchObject({ status: 'cancelling', is_terminal: false, finished_at: null });
    await expect.poll(() => told).toContain(jobId);
    await listener.close();
  });

  it('again changes nothing while it is being cancelled', async () => {
    const jobId = await rows.job();
    await rows.move(jobId, 'starting', 'running');
    const first = (await cancel(jobId).expect(200)).body;
    expect((await cancel(jobId).expect(200)).body).toEqual(first);
  });

  it.each(['succeeded', 'failed', 'cancelled'] as const)(
    'that has %s is refused, and says why',
    async (end) => {
      const jobId = await rows.job();
      await rows.move(
        jobId,
        'starting',
        'running',
        ...(end === 'cancelled' ? (['cancelling'] as const) : []),
        end,
      );
      const { body } = await cancel(jobId).expect(409);
      expect(body.code).toBe('conflict');
      expect(body.detail).toContain(end);
    },
  );

  it('while a worker takes it leaves it in one state, whoever is first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const jobId = await rows.job();
      const [answer] = await Promise.all([
        cancel(jobId),
        rows.move(jobId, 'starting').catch(() => undefined),
      ]);
      expect(answer.status).toBe(200);
      expect(['cancelled', 'cancelling']).toContain((await get(jobId)).status);
    }
  });

  it('takes an empty JSON body', async () => {
    await cancel(await rows.job())
      .set('content-type', 'application/json')
      .expect(200);
  });
});

describe('the checkpoints of a job', () => {
  it('are listed, the newest first', async () => {
    const jobId = await rows.job();
    const checkpoints = [];
    for (const epoch of [1, 2, 3]) checkpoints.unshift(await rows.checkpoint(jobId, epoch));
    const { body } = await service.request('get', `/v1/jobs/${jobId}/checkpoints?limit=2`).expect(200);
    expect(ids(body)).toEqual(checkpoints.slice(0, 2));
    expect(body.has_more).toBe(true);
    expect(checkpointPageSchema.parse(body)).toEqual(body);
    expect(body.data[0]).toMatchObject({
      object: 'checkpoint',
      job_id: jobId,
      epoch: 3,
      step: 30,
      size_bytes: 100,
      links: { download: `/v1/jobs/${jobId}/checkpoints/${checkpoints[0]}/download` },
    });
  });
});
