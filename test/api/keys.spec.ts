import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureFirstKey } from '@epochal/api';
import { createDatabase } from '@epochal/database';
import { createTestDatabase } from '@epochal/embedded-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type TestService } from './service.js';

let service: TestService;
beforeAll(async () => (service = await startService()));
afterAll(() => service.close());

const create = async (name: string) =>
  (await service.request('post', '/v1/keys').send({ name }).expect(201)).body;

describe('creating a key', () => {
  it('answers the key itself and where it is', async () => {
    const response = await service.request('post', '/v1/keys').send({ name: ' laptop ' }).expect(201);
    expect(response.body).toEqual({
      id: expect.stringMatching(/^key_[0-9a-z]{26}$/),
      object: 'key',
      name: 'laptop',
      key: expect.stringMatching(/^ek_[A-Za-z0-9_-]{43}$/),
      prefix: response.body.key.slice(0, 9),
      created_at: expect.any(String),
      last_used_at: null,
    });
    expect(response.headers['location']).toBe(`/v1/keys/${response.body.id}`);
  });

  it('stores only its digest', async () => {
    const { id, key } = await create('digest');
    const row = await service.database.apiKey.findUniqueOrThrow({ where: { id } });
    expect(row.digest).toBe(createHash('sha256').update(key).digest('hex'));
    expect(JSON.stringify(row)).not.toContain(key);
  });

  it.each([
    [{}, [{ pointer: '/name', message: 'is missing' }]],
    [{ name: '' }, [{ pointer: '/name', expected: 'at least 1 character' }]],
    [{ name: 7 }, [{ pointer: '/name', expected: 'string', received: '7' }]],
    [{ name: 'a', scope: 'all' }, [{ pointer: '/scope', message: 'is not a known field' }]],
    [{ name: 'a\0b' }, [{ pointer: '/name', message: 'has text that cannot be stored' }]],
  ])('is refused for %j', async (body, errors) => {
    const response = await service.request('post', '/v1/keys').send(body).expect(422);
    expect(response.body).toMatchObject({ code: 'invalid_request', errors });
  });
});

describe('listing keys', () => {
  it('goes page by page through the keys of the project, the newest first', async () => {
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await create(name);
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await service.request('get', `/v1/keys?limit=3${after}`).expect(200);
      expect(body.data.length).toBeLessThanOrEqual(3);
      seen.push(...body.data.map(({ name }: { name: string }) => name));
      expect(body.has_more).toBe(body.next_cursor !== null);
      after = body.next_cursor === null ? '' : `&after=${body.next_cursor}`;
    } while (after !== '');
    expect(seen.slice(0, 4)).toEqual(names.toReversed());
    expect(seen.at(-1)).toBe('first key');
    expect(seen.length).toBe(await service.database.apiKey.count());
  });

  it('shows neither keys nor digests', async () => {
    const { key } = await create('hidden');
    const { text } = await service.request('get', '/v1/keys').expect(200);
    expect(text).not.toContain(key);
    expect(text).not.toContain(createHash('sha256').update(key).digest('hex'));
  });

  it.each([
    ['limit=0', '/query/limit'],
    ['limit=101', '/query/limit'],
    ['limit=many', '/query/limit'],
    ['limit=1&limit=2', '/query/limit'],
    ['order=asc', '/query/order'],
    ['after=%00', '/query/after'],
  ])('is refused for ?%s', async (query, pointer) => {
    const { body } = await service.request('get', `/v1/keys?${query}`).expect(422);
    expect(body.errors).toMatchObject([{ pointer }]);
  });
});

describe('deleting a key', () => {
  it('answers 404 for one that does not exist, was deleted or belongs to another project', async () => {
    const { id } = await create('once');
    await service.request('delete', `/v1/keys/${id}`, await service.createOtherProject()).expect(404);
    await service.request('delete', `/v1/keys/${id}`).expect(204);
    await service.request('delete', `/v1/keys/${id}`).expect(404);
    await service.request('delete', '/v1/keys/nonsense').expect(404);
  });

  it('is refused for the only key of the project', async () => {
    const key = await service.createOtherProject();
    const { body } = await service.request('get', '/v1/keys', key).expect(200);
    const answer = await service.request('delete', `/v1/keys/${body.data[0].id}`, key).expect(409);
    expect(answer.body.code).toBe('conflict');
    await service.request('get', '/v1/keys', key).expect(200);
  });

  it('leaves one of two keys that delete each other at the same time', async () => {
    const first = await service.createOtherProject();
    const second = (await service.request('post', '/v1/keys', first).send({ name: 'second' })).body;
    const firstId = (await service.request('get', '/v1/keys', first)).body.data.at(-1).id;
    const answers = await Promise.all([
      service.request('delete', `/v1/keys/${firstId}`, second.key),
      service.request('delete', `/v1/keys/${second.id}`, first),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });
});

describe('the first key', () => {
  it('is made once, by one of the processes that start together, for the project "default"', async () => {
    const empty = await createTestDatabase();
    const processes = Array.from({ length: 4 }, () => createDatabase(empty.url, { poolSize: 1 }));
    const keys = await Promise.all(processes.map((database) => ensureFirstKey(database)));
    const made = keys.filter((key) => key !== null);
    expect(made).toEqual([expect.stringMatching(/^ek_[A-Za-z0-9_-]{43}$/)]);
    expect(await processes[0]!.project.findMany({ select: { name: true } })).toEqual([{ name: 'default' }]);
    expect(await processes[0]!.apiKey.count()).toBe(1);
    await Promise.all(processes.map((database) => database.$disconnect()));
    await empty.drop();
  });

  it('is written to a file that only its owner can read, and nothing is made when that fails', async () => {
    const empty = await createTestDatabase();
    const database = createDatabase(empty.url);
    const folder = await mkdtemp(path.join(tmpdir(), 'epochal-key-'));
    await expect(ensureFirstKey(database, { file: '/dev/null/api-key' })).rejects.toThrow('/dev/null');
    expect(await database.apiKey.count()).toBe(0);
    const file = path.join(folder, 'deeper', 'api-key');
    const key = await ensureFirstKey(database, { file });
    expect((await readFile(file, 'utf8')).trim()).toBe(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await ensureFirstKey(database, { file })).toBeNull();
    await database.$disconnect();
    await empty.drop();
    await rm(folder, { recursive: true });
  });
});
