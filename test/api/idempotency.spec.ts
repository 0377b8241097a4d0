import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type TestService } from './service.js';
import { createTiny, type Tiny, tinyDefinition } from './tiny-model.js';

let service: TestService;
let tiny: Tiny;
beforeAll(async () => {
  service = await startService();
  tiny = await createTiny(service);
});
afterAll(() => service.close());

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;
const createJob = (key: string, changes: object = {}, apiKey = service.key) =>
  service
    .request('post', '/v1/jobs', apiKey)
    .set('idempotency-key', key)
    .send({ ...tiny.job, ...changes });
const countJobs = () => service.database.job.count();
const stored = (key: string) => service.database.idempotencyKey.findFirst({ where: { key } });

/** As an API process that stopped in the middle of a request leaves it. */
async function leaveInProgress(key: string, secondsAgo: number): Promise<void> {
  await createJob(key).expect(201);
  await service.database.idempotencyKey.updateMany({
    where: { key },
    data: { status: null, createdAt: new Date(Date.now() - secondsAgo * 1000) },
  });
}

describe('a request that is sent again with its Idempotency-Key', () => {
  it('gets the stored answer, and creates nothing', async () => {
    const key = newKey();
    const first = await createJob(key).expect(201);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    const before = await countJobs();
    const again = await createJob(key).expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(await countJobs()).toBe(before);
  });

  it('creates one thing, however many are sent at the same time', async () => {
    const key = newKey();
    const before = await countJobs();
    const answers = await Promise.all(Array.from({ length: 8 }, () => createJob(key)));
    expect(await countJobs()).toBe(before + 1);
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
    const created = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(new Set(created).size).toBe(1);
    const refused = answers.filter(({ status }) => status === 409).map(({ body }) => body.code);
    expect(refused.every((code) => code === 'request_in_progress')).toBe(true);
  });

  it('is refused with another body, another route or another query', async () => {
    const key = newKey();
    await createJob(key).expect(201);
    const other = await createJob(key, { seed: 1 }).expect(409);
    expect(other.body.code).toBe('idempotency_key_reused');
    await service
      .request('post', '/v1/models')
      .set('idempotency-key', key)
      .send({ name: 'a', definition: tinyDefinition() })
      .expect(409);
  });

  it('is told apart by project', async () => {
    const key = newKey();
    await service
      .request('post', '/v1/models')
      .set('idempotency-key', key)
      .send({ name: 'a', definition: tinyDefinition() })
      .expect(201);
    const other = await service.createOtherProject();
    const answer = await service
      .request('post', '/v1/models', other)
      .set('idempotency-key', key)
      .send({ name: 'a', definition: tinyDefinition() })
      .expect(201);
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
  });

  it('is a new request after a day', async () => {
    const key = newKey();
    const first = await createJob(key).expect(201);
    const createdAt = new Date(Date.now() - 25 * 3_600_000);
    await service.database.idempotencyKey.updateMany({ where: { key }, data: { createdAt } });
    const later = await createJob(key).expect(201);
    expect(later.body.id).not.toBe(first.body.id);
  });
});

describe('a request that failed', () => {
  it('does not use up its key when it was refused', async () => {
    const key = newKey();
    await createJob(key, { fit: { epochs: 0 } }).expect(422);
    expect(await stored(key)).toBeNull();
    await createJob(key).expect(201);
  });

  it('does not use up its key when it was our fault', async () => {
    const key = newKey();
    await service.database.$executeRawUnsafe('ALTER TABLE job_events RENAME TO job_events_away');
    await createJob(key).expect(500);
    await service.database.$executeRawUnsafe('ALTER TABLE job_events_away RENAME TO job_events');
    expect(await stored(key)).toBeNull();
    await createJob(key).expect(201);
  });

  it('keeps its key to itself while it may still be in progress, and frees it when it has crashed', async () => {
    const key = newKey();
    await leaveInProgress(key, 30);
    const busy = await createJob(key).expect(409);
    expect(busy.body.code).toBe('request_in_progress');
    await leaveInProgress(newKey(), 61);
    const crashed = `key-${keys}`;
    const again = await createJob(crashed).expect(201);
    expect(again.headers['idempotent-replayed']).toBeUndefined();
  });

  it('leaves neither job nor answer when it fails after it has created', async () => {
    const key = newKey();
    const before = await countJobs();
    // The answer cannot be stored: what it answers for must not be there either.
    await service.database.$executeRawUnsafe(
      `ALTER TABLE idempotency_keys ADD CONSTRAINT never CHECK (status IS NULL) NOT VALID`,
    );
    await createJob(key).expect(500);
    await service.database.$executeRawUnsafe('ALTER TABLE idempotency_keys DROP CONSTRAINT never');
    expect(await countJobs()).toBe(before);
    await createJob(key).expect(201);
  });
});

describe('an Idempotency-Key', () => {
  it.each([['x'.repeat(256)], ['two words'], ['schlüssel']])('is refused when it is %j', async (key) => {
    const { body } = await createJob(encodeHeader(key)).expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/header/idempotency-key' }]);
  });
});

/** Header values are bytes: anything beyond ASCII is sent as its UTF-8. */
const encodeHeader = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('the answer with a new API key', () => {
  const createKey = (key: string, apiKey = service.key) =>
    service.request('post', '/v1/keys', apiKey).set('idempotency-key', key).send({ name: 'sealed' });

  it('is given again, although the key is stored nowhere in clear', async () => {
    const key = newKey();
    const first = await createKey(key).expect(201);
    const again = await createKey(key).expect(201);
    expect(again.body).toEqual(first.body);
    expect(JSON.stringify(await stored(key))).not.toContain(first.body.key);
  });

  it('is given only to the key that it was made for', async () => {
    const key = newKey();
    await createKey(key).expect(201);
    const colleague = (await service.request('post', '/v1/keys').send({ name: 'colleague' })).body.key;
    const { body } = await createKey(key, colleague).expect(409);
    expect(body.code).toBe('idempotency_key_reused');
  });
});
