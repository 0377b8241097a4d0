import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MODEL_FORMATS, type ModelFormat } from '@epochal/contracts';
import { writeSafetensors, type TensorToWrite } from '@epochal/model-formats';
import { createObjectStore, type ObjectStore } from '@epochal/storage';
import type supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../support/wait-until.js';
import { Rows } from './rows.js';
import { startService, type TestService } from './service.js';
import { tinyDefinition } from './tiny-model.js';

const FORMATS = Object.keys(MODEL_FORMATS) as ModelFormat[];
/** How files of each format begin. */
const BEGINNINGS = {
  h5: Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
  keras: Buffer.from('PK\x03\x04', 'latin1'),
  weights_h5: Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
  safetensors: undefined,
};

let service: TestService;
let rows: Rows;
let store: ObjectStore;
let scratch: string;
beforeAll(async () => {
  service = await startService();
  rows = await Rows.of(service.database);
  store = createObjectStore(service.configuration.storage);
  scratch = await mkdtemp(path.join(tmpdir(), 'epochal-downloads-'));
});
afterAll(async () => {
  await service.close();
  await rm(scratch, { recursive: true });
});

const tensor = (name: string, shape: number[]): TensorToWrite => ({
  name: `model/${name}`,
  dtype: 'float32',
  shape,
  read: () => new Float32Array(shape.reduce((size, length) => size * length, 1)).fill(0.5),
});

/** A model of two Dense layers with a trained version, and the checkpoint that it is. */
async function trained(name: string, units = 3) {
  const definition = tinyDefinition(units);
  const { body } = await service.request('post', '/v1/models').send({ name, definition }).expect(201);
  const modelId = String(body.id);
  const jobId = await rows.job({ modelId });
  const checkpointId = await rows.checkpoint(jobId, 2);
  const { objectKey } = await service.database.checkpoint.findUniqueOrThrow({ where: { id: checkpointId } });
  const file = path.join(scratch, checkpointId);
  await writeSafetensors(
    file,
    [
      tensor('hidden/kernel', [2, units]),
      tensor('hidden/bias', [units]),
      tensor('out/kernel', [units, 1]),
      tensor('out/bias', [1]),
    ],
    {},
  );
  await store.putFile(objectKey, file);
  const versionId = await rows.version(jobId, checkpointId);
  return { modelId, jobId, checkpointId, versionId, objectKey };
}

const temporaryFolders = async () => readdir(path.join(service.dataDirectory, 'tmp'));
const untilMaking = () => waitUntil('a file is made', async () => (await temporaryFolders()).length > 0);
const download = (address: string) => service.request('get', address).buffer(true).parse(binary);

function binary(response: supertest.Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  // While it is parsed, superagent's response is the stream of its body.
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}

describe('downloading a model', () => {
  it.each(FORMATS)('gives a whole %s file with a fitting name', async (format) => {
    const { modelId } = await trained('my model/1');
    const response = await download(`/v1/models/${modelId}/download?format=${format}`).expect(200);
    const { extension, media_type: mediaType } = MODEL_FORMATS[format];
    expect(response.headers).toMatchObject({
      'content-type': mediaType,
      'content-disposition': `attachment; filename="my_model_1${extension}"`,
      'content-length': String(response.body.length),
    });
    const beginning = BEGINNINGS[format] ?? Buffer.alloc(0);
    expect(response.body.subarray(0, beginning.length)).toEqual(beginning);
    expect(response.body.length).toBeGreaterThan(100);
    await expect.poll(temporaryFolders).toEqual([]);
  });

  it('is in the format h5 and of the latest version, unless others are named', async () => {
    const { modelId, versionId } = await trained('versions');
    const jobId = await rows.job({ modelId });
    await rows.version(jobId, await rows.checkpoint(jobId, 1));
    const old = await download(`/v1/models/${modelId}/download?version=${versionId}`).expect(200);
    expect(old.headers['content-disposition']).toContain('.h5"');
    // The object of the latest version was never stored.
    const latest = await service.request('get', `/v1/models/${modelId}/download`).expect(404);
    expect(latest.body.detail).toContain('removed');
    await expect.poll(temporaryFolders).toEqual([]);
  });

  it('is not found before a job has trained it, and for versions of other models', async () => {
    const untrained = (
      await service.request('post', '/v1/models').send({ name: 'new', definition: tinyDefinition() })
    ).body;
    const { body } = await service.request('get', `/v1/models/${untrained.id}/download`).expect(404);
    expect(body.detail).toContain('trained');
    const { versionId } = await trained('other');
    await service.request('get', `/v1/models/${untrained.id}/download?version=${versionId}`).expect(404);
  });

  it.each([
    ['format=onnx', '/query/format'],
    ['version=latest', '/query/version'],
    ['name=a', '/query/name'],
  ])('is refused for ?%s', async (query, pointer) => {
    const { modelId } = await trained('refused');
    const { body } = await service.request('get', `/v1/models/${modelId}/download?${query}`).expect(422);
    expect(body.errors).toMatchObject([{ pointer }]);
  });
});

describe('downloading a checkpoint', () => {
  it('gives the model as it was then', async () => {
    const { jobId, checkpointId } = await trained('mlp');
    const address = `/v1/jobs/${jobId}/checkpoints/${checkpointId}/download?format=safetensors`;
    const { body, headers } = await download(address).expect(200);
    expect(headers['content-disposition']).toBe('attachment; filename="mlp-epoch-2.safetensors"');
    const header = JSON.parse(body.subarray(8, 8 + Number(body.readBigUInt64LE(0))).toString());
    expect(header['model/hidden/kernel']).toMatchObject({ dtype: 'F32', shape: [2, 3] });
  });

  it('is not found below another job', async () => {
    const { checkpointId } = await trained('a');
    const { jobId } = await trained('b');
    await service.request('get', `/v1/jobs/${jobId}/checkpoints/${checkpointId}/download`).expect(404);
  });
});

describe('a download whose client goes away', () => {
  it('leaves no files behind, neither while the file is made nor while it is sent', async () => {
    await service.app.listen(0, '127.0.0.1');
    const port = Number(new URL(await service.app.getUrl()).port);
    const { modelId } = await trained('large', 1_000_000);
    for (const leave of ['at once', 'in the middle'] as const) {
      const socket = connect(port, '127.0.0.1');
      socket.write(
        `GET /v1/models/${modelId}/download?format=safetensors HTTP/1.1\r\nHost: x\r\n` +
          `Authorization: Bearer ${service.key}\r\n\r\n`,
      );
      await (leave === 'in the middle' ? once(socket, 'data') : untilMaking());
      socket.destroy();
      await expect.poll(temporaryFolders).toEqual([]);
    }
  });
});
