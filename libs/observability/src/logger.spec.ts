import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createLogger, currentContext, withContext } from './index.js';

function logged(work: (logger: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  work(
    createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } }),
  );
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the logger', () => {
  test('writes one JSON object a line, with level, time and program', () => {
    const [line] = logged((logger) => logger.info({ rows: 3 }, 'ingested'));
    expect(line).toMatchObject({ level: 'info', name: 'test', msg: 'ingested', rows: 3 });
    expect(new Date(String(line?.['time'])).toISOString()).toBe(line?.['time']);
  });

  test('puts the fields of the context on each line, the inner ones beside the outer ones', () => {
    const lines = logged((logger) =>
      withContext({ request_id: 'req_1' }, () => {
        logger.info('outer');
        withContext({ job_id: 'job_1', attempt: 2 }, () => logger.info('inner'));
      }),
    );
    expect(lines[0]).toMatchObject({ msg: 'outer', request_id: 'req_1' });
    expect(lines[0]).not.toHaveProperty('job_id');
    expect(lines[1]).toMatchObject({ msg: 'inner', request_id: 'req_1', job_id: 'job_1', attempt: 2 });
  });

  test('leaves out what is less severe than its level', () => {
    expect(logged((logger) => logger.debug('detail'))).toEqual([]);
  });

  test('never writes an authorization header', () => {
    const [line] = logged((logger) => logger.info({ headers: { authorization: 'Bearer ek_secret' } }));
    expect(JSON.stringify(line)).not.toContain('ek_secret');
  });

  test('writes errors with their causes', () => {
    const err = new Error('outer', { cause: new Error('inner') });
    const [line] = logged((logger) => logger.error({ err }, 'failed'));
    expect(JSON.stringify(line?.['err'])).toContain('inner');
  });
});

test('a context is kept across awaits and apart from those that run at the same time', async () => {
  const seen = await Promise.all(
    ['req_1', 'req_2'].map((request_id) =>
      withContext({ request_id }, async () => {
        await setTimeout(1);
        return currentContext().request_id;
      }),
    ),
  );
  expect(seen).toEqual(['req_1', 'req_2']);
  expect(currentContext()).toEqual({});
});
