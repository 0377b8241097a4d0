import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type TestService } from './service.js';

let service: TestService;
beforeAll(async () => (service = await startService()));
afterAll(() => service.close());

const send = (authorization: string) =>
  service.request('get', '/v1/keys', null).set('authorization', authorization);

describe('a request to /v1', () => {
  it('is answered when it has a key', async () => {
    await service.request('get', '/v1/keys').expect(200);
  });

  it('is answered whatever the case of "Bearer"', async () => {
    await send(`bearer ${service.key}`).expect(200);
  });

  it.each([
    ['no key', null],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['an empty key', 'Bearer '],
    ['half a key', 'Bearer ek_short'],
    ['a key that does not exist', `Bearer ek_${'A'.repeat(43)}`],
  ])('is refused with %s, and told how to send one', async (_, authorization) => {
    const request = service.request('get', '/v1/keys', null);
    const response = await (
      authorization === null ? request : request.set('authorization', authorization)
    ).expect(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="epochal"');
    expect(response.body).toMatchObject({ code: 'unauthorized', status: 401 });
  });

  it('is refused before its body is read', async () => {
    const response = await service
      .request('post', '/v1/keys', null)
      .set('content-type', 'application/json')
      .send('{ not json')
      .expect(401);
    expect(response.body.code).toBe('unauthorized');
  });

  it.each(['/%76%31/keys', '/v1/%6Beys', '/v1/keys?', '/v1/keys#x'])(
    'needs a key however its address is written: %s',
    async (address) => {
      await service.request('get', address, null).expect(401);
    },
  );

  it('is refused with a key from the moment that it is deleted', async () => {
    const { body } = await service.request('post', '/v1/keys').send({ name: 'short-lived' }).expect(201);
    await service.request('get', '/v1/keys', body.key).expect(200);
    await service.request('delete', `/v1/keys/${body.id}`).expect(204);
    await service.request('get', '/v1/keys', body.key).expect(401);
  });
});

describe('the use of a key', () => {
  it('is noted to the minute', async () => {
    const { body } = await service.request('post', '/v1/keys').send({ name: 'used' }).expect(201);
    const lastUsed = async () =>
      (await service.database.apiKey.findUniqueOrThrow({ where: { id: body.id } })).lastUsedAt;
    expect(await lastUsed()).toBeNull();
    await service.request('get', '/v1/keys', body.key).expect(200);
    const first = await lastUsed();
    expect(first).toBeInstanceOf(Date);
    await service.request('get', '/v1/keys', body.key).expect(200);
    expect(await lastUsed()).toEqual(first);
    const earlier = new Date(Date.now() - 61_000);
    await service.database.apiKey.update({ where: { id: body.id }, data: { lastUsedAt: earlier } });
    await service.request('get', '/v1/keys', body.key).expect(200);
    expect((await lastUsed())?.getTime()).toBeGreaterThan(earlier.getTime() + 60_000);
  });

  it('never shows in the log', async () => {
    await service.request('get', `/v1/keys?key=${service.key}`).expect(422);
    expect(JSON.stringify(service.log)).not.toContain(service.key);
  });
});
