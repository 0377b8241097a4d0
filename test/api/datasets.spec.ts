import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { datasetSchema } from '@epochal/contracts';
import { createObjectStore, objectKeys, type ObjectStore } from '@epochal/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rows } from './rows.js';
import { startService, type TestService } from './service.js';

const CSV = 'size,price,kind\n1,10.5,a\n2,,b\n3,30.5,a\n';
let service: TestService;
let rows: Rows;
let store: ObjectStore;

beforeAll(async () => {
  service = await startService({ UPLOAD_MAX_BYTES: '2MB' });
  rows = await Rows.of(service.database);
  store = createObjectStore(service.configuration.storage);
});
afterAll(() => service.close());

const upload = (query: string, body: string | Buffer, type = 'text/csv') =>
  service.request('post', `/v1/datasets?${query}`).set('content-type', type).send(body);

/** Every file below the data folder: objects and temporary ones. */
async function filesLeft(): Promise<string[]> {
  const entries = await readdir(service.dataDirectory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(service.dataDirectory, path.join(entry.parentPath, entry.name)));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that JavaScript holds on to; what DuckDB takes has a limit of its own. */
function liveMemory(): number {
  collectGarbage();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** What a request that creates nothing must not change. */
const traces = async () => ({
  files: await filesLeft(),
  rows: await service.database.dataset.count(),
});

describe('uploading a dataset', () => {
  it('answers a profile of every column, and where the dataset is', async () => {
    const response = await upload('name=houses&filename=houses.csv', CSV).expect(201);
    expect(datasetSchema.parse(response.body)).toEqual(response.body);
    expect(response.body).toMatchObject({
      name: 'houses',
      filename: 'houses.csv',
      rows: 3,
      size_bytes: CSV.length,
      sha256: createHash('sha256').update(CSV).digest('hex'),
    });
    expect(
      response.body.columns.map(({ name, type, missing }: Record<string, unknown>) => [name, type, missing]),
    ).toEqual([
      ['size', 'integer', 0],
      ['price', 'number', 1],
      ['kind', 'string', 0],
    ]);
    expect(response.headers['location']).toBe(`/v1/datasets/${response.body.id}`);
  });

  it.each(['text/csv', 'text/csv; charset=utf-8', 'application/octet-stream'])('takes %s', async (type) => {
    const { body } = await upload('name=a', Buffer.from(CSV), type).expect(201);
    expect(body).toMatchObject({ rows: 3, filename: null });
  });

  it('takes a form with the file in its field "file", and the name that the form gives it', async () => {
    const { body } = await service
      .request('post', '/v1/datasets?name=form')
      .field('comment', 'ignored')
      .attach('file', Buffer.from(CSV), 'from-form.csv')
      .expect(201);
    expect(body).toMatchObject({ rows: 3, filename: 'from-form.csv', size_bytes: CSV.length });
  });

  it('keeps the rows as Parquet, and nothing else', async () => {
    const { body } = await upload('name=kept', CSV).expect(201);
    const rowsObject = await store.get(objectKeys.datasetRows(body.id));
    expect((await buffer(rowsObject)).subarray(0, 4).toString()).toBe('PAR1');
    expect((await filesLeft()).filter((file) => file.startsWith('tmp/'))).toEqual([]);
  });

  it('takes a large file in little memory', async () => {
    const big = await startService();
    await big.app.listen(0, '127.0.0.1');
    const header = 'a,b\n';
    const block = Buffer.from('1234567890,0.123456789\n'.repeat(10_000));
    const blocks = 300;
    let highest = 0;
    const before = liveMemory();
    const source = new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(Buffer.from(header)),
        pull: (controller) => {
          sent += 1;
          controller.enqueue(block);
          if (sent % 20 === 0) highest = Math.max(highest, liveMemory() - before);
          if (sent === blocks) controller.close();
        },
      },
      { highWaterMark: 1 },
    );
    let sent = 0;
    const response = await fetch(`${await big.app.getUrl()}/v1/datasets?name=big`, {
      method: 'POST',
      headers: { authorization: `Bearer ${big.key}`, 'content-type': 'text/csv' },
      body: source,
      duplex: 'half',
    } as RequestInit);
    const size = header.length + blocks * block.length;
    expect(await response.json()).toMatchObject({ rows: blocks * 10_000, size_bytes: size });
    expect(highest).toBeLessThan(size / 2);
    await big.close();
  });
});

describe('an upload that is refused', () => {
  it.each([
    ['no name', '', CSV, '/query/name'],
    ['an empty name', 'name=%20', CSV, '/query/name'],
    ['an unknown field', 'name=a&label=b', CSV, '/query/label'],
  ])('for %s leaves nothing behind', async (_, query, content, pointer) => {
    const before = await traces();
    const { body } = await upload(query, content).expect(422);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ pointer }] });
    expect(await traces()).toEqual(before);
  });

  it.each([
    ['a row of another length', 'a,b\n1,2\n1,2,3\n', 3],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xff, 0xfe, 0x0a]), 2],
  ])('for %s says where, and leaves nothing behind', async (_, content, line) => {
    const before = await traces();
    const { body } = await upload('name=a', content).expect(422);
    expect(body.code).toBe('invalid_dataset');
    expect(body.errors[0].line).toBe(line);
    expect(body.errors[0].message).toContain(`line ${line}`);
    expect(await traces()).toEqual(before);
  });

  it.each([
    ['an empty file', ''],
    ['a header only', 'a,b\n'],
  ])('for %s says what would be right, and leaves nothing behind', async (_, content) => {
    const before = await traces();
    const { body } = await upload('name=a', content).expect(422);
    expect(body.code).toBe('invalid_dataset');
    expect(body.errors[0].expected).toEqual(expect.any(String));
    expect(await traces()).toEqual(before);
  });

  it.each([
    ['application/json', '{"a":1}'],
    ['text/plain', CSV],
    ['application/x-parquet', CSV],
  ])('is 415 for %s', async (type, content) => {
    const { body } = await upload('name=a', content, type).expect(415);
    expect(body.code).toBe('unsupported_media_type');
  });

  it('is 415 without a body, and for a compressed one', async () => {
    await service.request('post', '/v1/datasets?name=a').expect(415);
    await upload('name=a', CSV).set('content-encoding', 'gzip').expect(415);
  });

  it.each([
    ['has no file', { other: 'x' }],
    ['has no fields', {}],
  ])('is told when the form %s', async (_, fields) => {
    const before = await traces();
    const boundary = 'b0undary';
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const { body } = await upload(
      'name=a',
      `${parts.join('')}--${boundary}--\r\n`,
      `multipart/form-data; boundary=${boundary}`,
    ).expect(422);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/file' }] });
    expect(await traces()).toEqual(before);
  });

  it('is told when the form has its file in another field, or twice', async () => {
    const before = await traces();
    const other = await service
      .request('post', '/v1/datasets?name=a')
      .attach('data', Buffer.from(CSV), 'a.csv')
      .expect(422);
    expect(other.body.errors).toMatchObject([{ pointer: '/file', message: 'is called "data"' }]);
    await service
      .request('post', '/v1/datasets?name=a')
      .attach('file', Buffer.from(CSV), 'a.csv')
      .attach('file', Buffer.from(CSV), 'b.csv')
      .expect(422);
    expect(await traces()).toEqual(before);
  });

  it('is told when the form has no boundary', async () => {
    await upload('name=a', CSV, 'multipart/form-data').expect(415);
  });
});

describe('listing and getting datasets', () => {
  it('gives the newest first, page by page, and each by its id', async () => {
    const created = [];
    for (const name of ['one', 'two', 'three']) created.push((await upload(`name=${name}`, CSV)).body);
    const first = (await service.request('get', '/v1/datasets?limit=2').expect(200)).body;
    expect(first.data).toEqual([created[2], created[1]]);
    const second = (await service.request('get', `/v1/datasets?limit=2&after=${first.next_cursor}`)).body;
    expect(second.data[0]).toEqual(created[0]);
    const { body } = await service.request('get', `/v1/datasets/${created[0].id}`).expect(200);
    expect(body).toEqual(created[0]);
  });

  it('gives nothing of other projects', async () => {
    const other = await service.createOtherProject();
    const { id } = (await upload('name=mine', CSV)).body;
    expect((await service.request('get', '/v1/datasets', other)).body.data).toEqual([]);
    await service.request('get', `/v1/datasets/${id}`, other).expect(404);
    await service.request('delete', `/v1/datasets/${id}`, other).expect(404);
  });
});

describe('deleting a dataset', () => {
  it('removes its objects, and it is gone', async () => {
    const { id } = (await upload('name=gone', CSV)).body;
    await service.request('delete', `/v1/datasets/${id}`).expect(204);
    await service.request('get', `/v1/datasets/${id}`).expect(404);
    await service.request('delete', `/v1/datasets/${id}`).expect(404);
    const { body } = await service.request('get', '/v1/datasets?limit=100');
    expect(body.data.map((dataset: { id: string }) => dataset.id)).not.toContain(id);
    expect((await filesLeft()).filter((file) => file.includes(id))).toEqual([]);
  });

  it('is refused while a job that has not ended uses it; ended jobs keep pointing at it', async () => {
    const { id } = (await upload('name=used', CSV)).body;
    const jobId = await rows.job({ datasetId: id });
    const { body } = await service.request('delete', `/v1/datasets/${id}`).expect(409);
    expect(body.code).toBe('dataset_in_use');
    expect(body.detail).toContain(jobId);
    expect((await filesLeft()).some((file) => file.includes(id))).toBe(true);
    await rows.move(jobId, 'cancelled');
    await service.request('delete', `/v1/datasets/${id}`).expect(204);
    const job = await service.request('get', `/v1/jobs/${jobId}`).expect(200);
    expect(job.body.links.dataset).toBe(`/v1/datasets/${id}`);
  });
});

describe('an upload with an idempotency key', () => {
  it('is answered again without being stored again, told by its query alone', async () => {
    const first = await upload('name=idem', CSV).set('idempotency-key', 'upload-1').expect(201);
    const before = await traces();
    const again = await upload('name=idem', 'other,content\n1,2\n')
      .set('idempotency-key', 'upload-1')
      .expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.headers['location']).toBe(first.headers['location']);
    await upload('name=other', CSV).set('idempotency-key', 'upload-1').expect(409);
    expect(await traces()).toEqual(before);
  });

  it('can be sent again with the key when its file was refused', async () => {
    await upload('name=retry', '').set('idempotency-key', 'upload-2').expect(422);
    await upload('name=retry', CSV).set('idempotency-key', 'upload-2').expect(201);
  });
});
