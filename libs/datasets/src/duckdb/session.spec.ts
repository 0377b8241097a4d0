import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withFileLimit } from '../file-limit.fixture.js';
import { type Session, withSession } from './session.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'epochal-session-'));
});
afterAll(() => rm(directory, { recursive: true }));

const inSession = <Result>(use: (session: Session) => Promise<Result>): Promise<Result> =>
  withSession({ memoryLimit: '256MB', threads: 1, directory }, use);

it.each([
  ["FROM read_csv('/etc/passwd')"],
  ["FROM read_csv('https://example.com/a.csv')"],
  ["COPY (SELECT 1) TO '/tmp/epochal-outside.parquet'"],
  ['INSTALL httpfs'],
  ['LOAD httpfs'],
  ['SET enable_external_access = true'],
])('reaches nothing outside of its folder: %s', async (sql) => {
  await expect(inSession((session) => session.rows(sql))).rejects.toThrow(
    /disabled|locked|not allowed|cannot be changed|Cannot change/i,
  );
});

it('reads and writes in its folder', async () => {
  const file = path.join(directory, 'a.parquet');
  const rows = await inSession(async (session) => {
    await session.rows(`COPY (SELECT 1.5 AS a) TO '${file}'`);
    return session.rows(`SELECT a::DOUBLE AS a FROM '${file}'`);
  });
  expect(rows).toEqual([{ a: 1.5 }]);
});

it('fails as Node does when the disk is full', async () => {
  const file = path.join(directory, 'big.parquet');
  const copy = `COPY (SELECT random() FROM range(1000000)) TO '${file}'`;
  await expect(
    withFileLimit(1_000_000, () => inSession((session) => session.rows(copy))),
  ).rejects.toMatchObject({
    code: 'ENOSPC',
  });
});

it('ends what it computes when the signal says so', async () => {
  const controller = new AbortController();
  const computing = withSession(
    { memoryLimit: '256MB', threads: 1, directory, signal: controller.signal },
    (session) => {
      const endless = session.rows(
        'SELECT sum(sin(a.range * b.range)) FROM range(10000000) a, range(10000000) b',
      );
      controller.abort(new Error('cancelled'));
      return endless;
    },
  );
  await expect(computing).rejects.toThrow('cancelled');
});
