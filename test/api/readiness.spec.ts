import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type TestService } from './service.js';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const ready = () => service.request('get', '/readyz', null);

async function expectNotReady(...parts: string[]): Promise<void> {
  const response = await ready().expect(503);
  expect(response.body).toMatchObject({ code: 'not_ready', detail: `Not ready: ${parts.join(', ')}.` });
  expect(response.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
    parts.map((part) => `/${part}`),
  );
  expect(response.headers['retry-after']).toBe('5');
}

describe('the service', () => {
  it('is ready when database, queue and object store answer', async () => {
    const { body, headers } = await ready().expect(200);
    expect(body).toEqual({ status: 'ok' });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is not ready on a schema that is behind, and says how to mend it', async () => {
    const [last] = await service.database.$queryRawUnsafe<{ id: string }[]>(
      'SELECT id FROM _prisma_migrations ORDER BY migration_name DESC LIMIT 1',
    );
    const rolledBack = 'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = $1';
    await service.database.$executeRawUnsafe(rolledBack, last?.id);
    await expectNotReady('database');
    expect((await ready()).body.errors[0].expected).toContain('npm run db:migrate');
    await service.database.$executeRawUnsafe('UPDATE _prisma_migrations SET rolled_back_at = NULL');
    await ready().expect(200);
  });

  it('is not ready while the folder of its objects is away', async () => {
    const folder = `${service.dataDirectory}/objects`;
    await rename(folder, `${folder}-away`);
    await expectNotReady('storage');
    await rename(`${folder}-away`, folder);
    await ready().expect(200);
  });

  it('lives and says what is missing when it is not ready', async () => {
    const away = await startService();
    await rm(`${away.dataDirectory}/objects`, { recursive: true });
    await away.request('get', '/healthz', null).expect(200);
    await away.request('get', '/readyz', null).expect(503);
    await away.close();
  });

  it('tells why in its log only', async () => {
    const folder = `${service.dataDirectory}/objects`;
    await rename(folder, `${folder}-away`);
    const { text } = await ready().expect(503);
    await rename(`${folder}-away`, folder);
    expect(text).not.toContain(service.dataDirectory);
    const reasons = service.log.filter(({ msg, part }) => msg === 'not ready' && part === 'storage');
    expect(JSON.stringify(reasons.at(-1))).toContain('objects');
  });

  it('answers storage_unavailable and keeps nothing when objects cannot be stored', async () => {
    const folder = `${service.dataDirectory}/objects`;
    await rename(folder, `${folder}-away`);
    await writeFile(folder, 'in the way');
    const { body } = await service
      .request('post', '/v1/datasets?name=a')
      .set('content-type', 'text/csv')
      .send('a,b\n1,2\n');
    await rm(folder);
    await mkdir(folder, { recursive: true });
    await rm(folder, { recursive: true });
    await rename(`${folder}-away`, folder);
    expect(body).toMatchObject({ status: 503, code: 'storage_unavailable' });
    expect(await service.database.dataset.count()).toBe(0);
  });
});
