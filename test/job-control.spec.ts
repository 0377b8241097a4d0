import { EpochalError } from '@epochal/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EpochalService, startEpochalService } from './support/epochal-service.js';
import { allEvents, housingJob, startHousingJob } from './support/housing.js';
import { waitUntil } from './support/wait-until.js';

describe('a running job', () => {
  let service: EpochalService;
  beforeAll(async () => {
    service = await startEpochalService();
  });
  afterAll(() => service?.stop());

  const statusIs = (id: string, status: string) =>
    waitUntil(`the job is ${status}`, async () => (await service.client.jobs.get(id)).status === status);

  it('is cancelled within seconds, in the middle of an epoch, and leaves a last checkpoint', async () => {
    const { id } = await startHousingJob(service.client, { fit: { epochs: 1_000_000 } });
    await statusIs(id, 'running');
    await waitUntil('it trains', async () => ((await service.client.jobs.get(id)).progress?.step ?? 0) > 0);
    const asked = Date.now();
    expect((await service.client.jobs.cancel(id)).status).toBe('cancelling');
    await statusIs(id, 'cancelled');
    expect(Date.now() - asked).toBeLessThan(5_000);
    const checkpoints = await service.client.jobs.checkpoints(id);
    expect(checkpoints.data.length).toBeGreaterThan(0);
    const events = await allEvents(service.client, id);
    expect(events.at(-1)).toMatchObject({ type: 'job_status', data: { status: 'cancelled' } });
    expect(checkpoints.data[0]!.step).toBeGreaterThan(0);
  });

  it('lets a job that waits behind it be cancelled at once', async () => {
    const first = await startHousingJob(service.client, { fit: { epochs: 1_000_000 } });
    await statusIs(first.id, 'running');
    const second = await startHousingJob(service.client);
    expect(second).toMatchObject({ status: 'queued', queue: { position: 1 } });
    expect((await service.client.jobs.cancel(second.id)).status).toBe('cancelled');
    await service.client.jobs.cancel(first.id);
    await statusIs(first.id, 'cancelled');
    const error = await service.client.jobs.cancel(second.id).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EpochalError);
    expect(error).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('fails by the fault of the user when the loss is no longer finite, and says what to try', async () => {
    const compile = {
      ...(await housingJob()).compile,
      optimizer: { class_name: 'SGD', config: { learning_rate: 1e30 } },
    };
    const { id } = await startHousingJob(service.client, { compile });
    await allEvents(service.client, id);
    const job = await service.client.jobs.get(id);
    expect(job).toMatchObject({
      status: 'failed',
      attempt: 1,
      status_reason: { category: 'user', code: 'loss_not_finite' },
      result: null,
    });
    expect(job.status_reason?.message).toMatch(/epoch 1.*learning rate/is);
  });
});
