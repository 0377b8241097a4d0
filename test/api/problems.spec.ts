import { problemSchema } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type TestService } from './service.js';

let service: TestService;
beforeAll(async () => (service = await startService()));
afterAll(() => service.close());

describe('every error', () => {
  it.each([
    ['an unknown route', 'get', '/v1/unknown', 404, 'not_found'],
    ['an unknown route outside of /v1', 'get', '/nothing', 404, 'not_found'],
    ['a malformed address', 'get', '/%', 404, 'not_found'],
    ['an endless parameter', 'delete', `/v1/keys/${'x'.repeat(1000)}`, 404, 'not_found'],
    ['a wrong method', 'put', '/v1/keys', 405, 'method_not_allowed'],
    ['a wrong method below an id', 'patch', '/v1/keys/key_1', 405, 'method_not_allowed'],
  ] as const)('is problem+json: %s', async (_, method, address, status, code) => {
    const response = await service.request(method, address).expect(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['x-request-id']).toBe(response.body.request_id);
    expect(problemSchema.parse(response.body)).toMatchObject({
      status,
      code,
      type: `urn:epochal:problem:${code}`,
    });
  });

  it('says which methods an address has', async () => {
    const response = await service.request('put', '/v1/keys').expect(405);
    expect(response.headers['allow']).toBe('GET, HEAD, POST');
  });

  it.each([
    ['{"name": "a"', 400, 'malformed_json'],
    ['{"name": "a"} x', 400, 'malformed_json'],
    ['{"__proto__": {"name": "a"}}', 400, 'malformed_json'],
    ['', 422, 'invalid_request'],
    ['[]', 422, 'invalid_request'],
    [`{"name":${'['.repeat(1000)}${']'.repeat(1000)}}`, 422, 'invalid_request'],
  ])('is problem+json for the body %s', async (text, status, code) => {
    const { body } = await service
      .request('post', '/v1/keys')
      .set('content-type', 'application/json')
      .send(text)
      .expect(status);
    expect(body).toMatchObject({ code });
  });

  it('says where the mistake in malformed JSON is', async () => {
    const { body } = await service
      .request('post', '/v1/keys')
      .set('content-type', 'application/json')
      .send('{"name": nothing}')
      .expect(400);
    expect(body.detail).toMatch(/Unexpected token/);
  });

  it('is 415 for a media type that the operation does not take', async () => {
    for (const type of ['text/plain', 'text/csv', 'application/x-www-form-urlencoded', 'nonsense']) {
      const { body } = await service.request('post', '/v1/keys').set('content-type', type).send('name=a');
      expect(body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    }
  });

  it('is 413 for a body beyond the limit of its route', async () => {
    const { body } = await service
      .request('post', '/v1/keys')
      .send({ name: 'a'.repeat(2 ** 20) })
      .expect(413);
    expect(body).toMatchObject({ code: 'payload_too_large' });
  });

  it('of ours is logged with its cause under the request id, and tells the client nothing', async () => {
    await service.database.$executeRawUnsafe('ALTER TABLE api_keys RENAME COLUMN name TO other');
    const response = await service.request('get', '/v1/keys');
    await service.database.$executeRawUnsafe('ALTER TABLE api_keys RENAME COLUMN other TO name');
    expect(response.status).toBe(500);
    expect(response.body).toMatchObject({ code: 'internal' });
    expect(response.text).not.toMatch(/api_keys|prisma|column/i);
    const logged = service.log.filter(({ request_id: id }) => id === response.body.request_id);
    expect(
      logged.some(({ level, err }) => level === 'error' && JSON.stringify(err).includes('api_keys')),
    ).toBe(true);
  });
});

describe('the request id', () => {
  it('is the one that the client sends', async () => {
    const response = await service.request('get', '/healthz').set('x-request-id', 'abc-1.2:3');
    expect(response.headers['x-request-id']).toBe('abc-1.2:3');
  });

  it.each(['', 'x'.repeat(129), 'with space', '"quoted"', '<b>'])(
    'is a new one when the client sends %j',
    async (id) => {
      const response = await service.request('get', '/healthz').set('x-request-id', id);
      expect(response.headers['x-request-id']).toMatch(/^req_[0-9a-z]{26}$/);
    },
  );

  it('is on the line that the request logs, with route, status and project', async () => {
    await service.request('get', '/v1/keys').set('x-request-id', 'find-me').expect(200);
    await expect
      .poll(() => service.log.find(({ request_id: id, msg }) => id === 'find-me' && msg === 'request'))
      .toMatchObject({ method: 'GET', route: '/v1/keys', status: 200 });
  });
});

describe('answers', () => {
  it('tell browsers to trust nothing but what they say', async () => {
    const { headers } = await service.request('get', '/v1/keys').expect(200);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    });
  });

  it('to HEAD have the headers of those to GET and no body', async () => {
    const { headers, text } = await service.request('head', '/v1/keys').expect(200);
    expect(headers['content-type']).toContain('application/json');
    expect(text ?? '').toBe('');
  });
});
