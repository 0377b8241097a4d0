import { eventPageSchema } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { log, Rows } from './rows.js';
import { startService, type TestService } from './service.js';

let service: TestService;
let rows: Rows;
let jobId: string;
const page = (query: string) => service.request('get', `/v1/jobs/${jobId}/events${query}`);
const seqs = (body: { data: { seq: number }[] }) => body.data.map(({ seq }) => seq);

beforeAll(async () => {
  service = await startService();
  rows = await Rows.of(service.database);
  jobId = await rows.job();
  await rows.move(jobId, 'starting', 'running');
  await rows.append(jobId, [
    { type: 'epoch_begin', data: { epoch: 0 } },
    log('one'),
    { type: 'epoch_end', data: { epoch: 0, logs: { loss: 'NaN' }, seconds: 1.5 } },
  ]);
});
afterAll(() => service.close());

describe('a page of events', () => {
  it('has whole events in the order of their seq', async () => {
    const { body } = await page('').expect(200);
    expect(eventPageSchema.safeParse(body).error).toBeUndefined();
    expect(seqs(body)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(body).toMatchObject({ has_more: false, next_cursor: null });
    expect(body.data[5]).toEqual({
      id: `evt_${jobId.slice(4)}_6`,
      job_id: jobId,
      attempt: 1,
      seq: 6,
      type: 'epoch_end',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { epoch: 0, logs: { loss: 'NaN' }, seconds: 1.5 },
    });
  });

  it('goes on behind the last event of the page before', async () => {
    const first = await page('?limit=4').expect(200);
    expect(first.body).toMatchObject({ has_more: true, next_cursor: '4' });
    const second = await page('?limit=4&after=4').expect(200);
    expect(seqs(second.body)).toEqual([5, 6]);
    expect(second.body.has_more).toBe(false);
  });

  it('is empty behind the last event of a job that goes on', async () => {
    expect((await page('?after=6').expect(200)).body.data).toEqual([]);
  });

  it('has only the types that are asked for', async () => {
    expect(seqs((await page('?types=epoch_end,log').expect(200)).body)).toEqual([5, 6]);
  });

  it.each([
    ['?types=epoch_end,epochend', '/query/types/1'],
    ['?limit=1001', '/query/limit'],
    ['?after=-1', '/query/after'],
    ['?after=7', '/query/after'],
  ])('is refused for %s', async (query, pointer) => {
    const { body } = await page(query).expect(422);
    expect(body.errors).toMatchObject([{ pointer }]);
  });

  it('is refused behind an event that the job does not have, and says which is its last', async () => {
    const { body } = await page('?after=7').expect(422);
    expect(body.detail).toBe('This job has no event 7: its last one is 6.');
  });

  it('is not found for a job of another project', async () => {
    await service.request('get', `/v1/jobs/${jobId}/events`, await service.createOtherProject()).expect(404);
  });
});
