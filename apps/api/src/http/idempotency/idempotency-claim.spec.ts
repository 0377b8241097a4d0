import { createDatabase, type Database, inTransaction } from '@epochal/database';
import { createTestDatabase, type TestDatabase } from '@epochal/embedded-services';
import { createLogger } from '@epochal/observability';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { IdempotencyClaim } from './idempotency-claim.js';
import { ABANDONED_AFTER_SECONDS, IdempotencyRepository } from './idempotency.repository.js';

const logger = createLogger({ name: 'test', level: 'silent' });
let testDatabase: TestDatabase;
let database: Database;
let repository: IdempotencyRepository;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url);
  repository = new IdempotencyRepository(database);
  await database.project.create({ data: { id: 'proj', name: 'test' } });
});
afterAll(async () => {
  await database.$disconnect();
  await testDatabase.drop();
});
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

async function claim(key: string): Promise<IdempotencyClaim> {
  const held = await repository.claim('proj', key, 'print');
  if (!('claimedAt' in held)) throw new Error(`${key} is held already`);
  return new IdempotencyClaim(repository, held, { logger });
}

const row = (key: string) =>
  database.idempotencyKey.findUnique({ where: { projectId_key: { projectId: 'proj', key } } });

/** As if the last sign of life had been given so long ago. */
const age = (key: string, seconds: number) =>
  database.$executeRawUnsafe(
    `UPDATE idempotency_keys SET created_at = created_at - make_interval(secs => $2) WHERE key = $1`,
    key,
    seconds,
  );

describe('the claim of a request', () => {
  it('that takes long gives signs of life, and still records its answer', async () => {
    const long = await claim('long');
    const first = (await row('long'))!.createdAt;
    vi.advanceTimersByTime((ABANDONED_AFTER_SECONDS * 1000) / 2);
    await expect.poll(async () => (await row('long'))!.createdAt.getTime()).toBeGreaterThan(first.getTime());
    await inTransaction(database, (transaction) => long.record(transaction, { id: 'made' }));
    expect(await row('long')).toMatchObject({ status: 201, body: { id: 'made' } });
  });

  it('that was given up for dead cannot record: what it made is undone with it', async () => {
    const stale = await claim('stale');
    await age('stale', ABANDONED_AFTER_SECONDS + 1);
    const next = await claim('stale');
    const late = inTransaction(database, async (transaction) => {
      await transaction.project.create({ data: { id: 'late', name: 'late' } });
      await stale.record(transaction, { id: 'late' });
    });
    await expect(late).rejects.toMatchObject({ code: 'request_in_progress' });
    expect(await database.project.count({ where: { id: 'late' } })).toBe(0);
    await stale.release();
    await inTransaction(database, (transaction) => next.record(transaction, { id: 'next' }));
    expect((await row('stale'))?.body).toEqual({ id: 'next' });
  });

  it('is free again when it is released, and stays when it was recorded', async () => {
    await (await claim('free')).release();
    expect(await row('free')).toBeNull();
    const kept = await claim('kept');
    await inTransaction(database, (transaction) => kept.record(transaction, {}));
    await kept.release();
    expect(await row('kept')).not.toBeNull();
  });
});

describe('old answers', () => {
  it('are forgotten after a day', async () => {
    const old = await claim('old');
    await inTransaction(database, (transaction) => old.record(transaction, {}));
    await age('old', 24 * 3_600 - 60);
    await repository.removeExpired();
    expect(await row('old')).not.toBeNull();
    await age('old', 120);
    await repository.removeExpired();
    expect(await row('old')).toBeNull();
  });
});
