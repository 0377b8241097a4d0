import { describeApi } from '@epochal/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedOperations } from './documented-operations.js';
import { Rows } from './rows.js';
import { startService, type TestService } from './service.js';

const operations = documentedOperations(await describeApi());
const closed = operations.filter(({ address }) => address.startsWith('/v1/'));
const ofOneResource = closed.filter(({ address }) => address.includes('{'));
const lists = closed.filter(({ method, address }) => method === 'get' && !address.includes('{'));

let service: TestService;
let ids: Record<string, string>;
let otherKey: string;
beforeAll(async () => {
  service = await startService();
  const rows = await Rows.of(service.database);
  const [modelId, datasetId] = [await rows.model(), await rows.dataset()];
  const jobId = await rows.job({ modelId, datasetId });
  const { body } = await service.request('post', '/v1/keys').send({ name: 'a' });
  ids = {
    model_id: modelId,
    dataset_id: datasetId,
    job_id: jobId,
    checkpoint_id: await rows.checkpoint(jobId, 1),
    key_id: body.id,
  };
  otherKey = await service.createOtherProject();
});
afterAll(() => service.close());

const addressOf = (address: string) => address.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name]!);

describe('every route below /v1', () => {
  it('is in the OpenAPI document, with those for probes beside', () => {
    expect(closed.length).toBeGreaterThanOrEqual(21);
    expect(
      operations.filter((operation) => !closed.includes(operation)).map(({ address }) => address),
    ).toEqual(['/healthz', '/readyz']);
  });

  it.each(closed.map(({ method, address }) => [method, address] as const))(
    'needs a key: %s %s',
    async (method, address) => {
      const { body } = await service.request(method, addressOf(address), null).expect(401);
      expect(body.code).toBe('unauthorized');
    },
  );

  it.each(ofOneResource.map(({ method, address }) => [method, address] as const))(
    'does not find what belongs to another project: %s %s',
    async (method, address) => {
      const { body } = await service.request(method, addressOf(address), otherKey).expect(404);
      expect(body.code).toBe('not_found');
      const nowhere = await service
        .request(method, address.replaceAll(/\{\w+\}/g, 'x'), otherKey)
        .expect(404);
      expect(nowhere.body.code).toBe('not_found');
    },
  );

  it.each(lists.map(({ address }) => [address] as const))(
    'lists nothing of another project: %s',
    async (address) => {
      const { body } = await service.request('get', address, otherKey).expect(200);
      expect(JSON.stringify(body)).not.toMatch(new RegExp(Object.values(ids).join('|')));
    },
  );

  it('changes nothing of another project', async () => {
    expect(await service.database.dataset.count({ where: { deletedAt: null } })).toBe(1);
    expect(await service.database.model.count({ where: { deletedAt: null } })).toBe(1);
    expect(await service.database.apiKey.count({ where: { id: ids['key_id']! } })).toBe(1);
    expect((await service.request('get', addressOf('/v1/jobs/{job_id}'))).body.status).toBe('queued');
  });
});

describe('probes', () => {
  it('need no key', async () => {
    await service.request('get', '/healthz', null).expect(200, { status: 'ok' });
    await service.request('get', '/readyz', null).expect(200, { status: 'ok' });
  });
});
