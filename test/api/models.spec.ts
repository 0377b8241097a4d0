import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { modelSchema } from '@epochal/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../support/housing.js';
import { Rows } from './rows.js';
import { startService, type TestService } from './service.js';
import { tinyDefinition } from './tiny-model.js';

let service: TestService;
let rows: Rows;
beforeAll(async () => {
  service = await startService();
  rows = await Rows.of(service.database);
});
afterAll(() => service.close());

const create = (definition: unknown, name = 'tiny') =>
  service.request('post', '/v1/models').send({ name, definition });

describe('creating a model', () => {
  it('answers what follows from its definition, and the definition as it came', async () => {
    const definition = tinyDefinition();
    const response = await create(definition).expect(201);
    expect(modelSchema.parse(response.body)).toEqual(response.body);
    expect(response.body).toMatchObject({
      object: 'model',
      name: 'tiny',
      dialect: 'keras_3',
      class_name: 'Sequential',
      inputs: [{ shape: [null, 2], dtype: 'float32' }],
      outputs: [{ shape: [null, 1], dtype: 'float32' }],
      parameters: { total: 13, trainable: 13, non_trainable: 0 },
      definition,
      latest_version_id: null,
    });
    expect(response.headers['location']).toBe(`/v1/models/${response.body.id}`);
  });

  it('takes the string that model.to_json() returns, and that string serialised again', async () => {
    const text = await readFile(path.join(SAMPLES, 'housing_mlp.json'), 'utf8');
    const { body } = await create(text).expect(201);
    expect(body.definition).toEqual(JSON.parse(text));
    expect((await create(JSON.stringify(text)).expect(201)).body.definition).toEqual(JSON.parse(text));
  });

  it('lists everything that is wrong by pointers below /definition', async () => {
    const definition = tinyDefinition() as { config: { layers: { class_name: string; config: object }[] } };
    definition.config.layers[1]!.config = { name: 'hidden', units: -1, activation: 'reluu' };
    definition.config.layers[2]!.class_name = 'Dence';
    const { body } = await create(definition).expect(422);
    expect(body.code).toBe('invalid_model');
    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(
      expect.arrayContaining([
        '/definition/config/layers/1/config/units',
        '/definition/config/layers/1/config/activation',
        '/definition/config/layers/2/class_name',
      ]),
    );
    expect(await service.database.model.count({ where: { name: 'wrong' } })).toBe(0);
  });

  it.each([
    ['text that is not JSON', '{"class_name"', 'invalid_model', '/definition'],
    ['JSON that is no model', { a: 1 }, 'invalid_model', '/definition'],
    [
      'text that cannot be stored',
      JSON.stringify({ ...tinyDefinition(), extra: 'a\0b' }),
      'invalid_model',
      '/definition/extra',
    ],
    ['a number', 7, 'invalid_request', '/definition'],
  ])('is refused for %s', async (_, definition, code, pointer) => {
    const { body } = await create(definition).expect(422);
    expect(body).toMatchObject({ code });
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('takes definitions of megabytes, and has a limit', async () => {
    const padded = (bytes: number) => ({ ...tinyDefinition(), comment: 'x'.repeat(bytes) });
    const { body } = await create(padded(5_000_000));
    expect(body.code).not.toBe('payload_too_large');
    expect((await create(padded(33 * 2 ** 20)).expect(413)).body.code).toBe('payload_too_large');
  });
});

describe('listing and getting models', () => {
  it('gives the newest first, page by page, and each by its id', async () => {
    const created = [];
    for (const name of ['one', 'two', 'three']) created.push((await create(tinyDefinition(), name)).body);
    const first = (await service.request('get', '/v1/models?limit=2').expect(200)).body;
    expect(first.data).toEqual([created[2], created[1]]);
    const next = (await service.request('get', `/v1/models?limit=1&after=${first.next_cursor}`)).body;
    expect(next.data).toEqual([created[0]]);
    expect((await service.request('get', `/v1/models/${created[0].id}`).expect(200)).body).toEqual(
      created[0],
    );
  });

  it('gives nothing of other projects', async () => {
    const other = await service.createOtherProject();
    const { id } = (await create(tinyDefinition())).body;
    expect((await service.request('get', '/v1/models', other)).body.data).toEqual([]);
    for (const address of ['', '/summary', '/versions']) {
      await service.request('get', `/v1/models/${id}${address}`, other).expect(404);
    }
    await service.request('delete', `/v1/models/${id}`, other).expect(404);
  });
});

describe('the summary of a model', () => {
  it('is data', async () => {
    const { id } = (await create(tinyDefinition())).body;
    const { body } = await service.request('get', `/v1/models/${id}/summary`).expect(200);
    expect(body).toMatchObject({
      object: 'model_summary',
      name: 'tiny',
      layers: [
        { name: 'hidden', class_name: 'Dense', output_shapes: [[null, 3]], parameters: 9 },
        { name: 'out', class_name: 'Dense', output_shapes: [[null, 1]], parameters: 4 },
      ],
      parameters: { total: 13, trainable: 13, non_trainable: 0 },
    });
  });

  it('is what Keras prints for who accepts text/plain', async () => {
    const { id } = (await create(tinyDefinition())).body;
    const response = await service
      .request('get', `/v1/models/${id}/summary`)
      .set('accept', 'text/plain')
      .expect(200);
    expect(response.headers['content-type']).toContain('text/plain');
    expect(response.text).toContain('Model: "tiny"');
    expect(response.text).toContain('Total params: 13');
  });
});

describe('the versions of a model', () => {
  it('are what its jobs left, the newest first; the model names the latest', async () => {
    const { id } = (await create(tinyDefinition())).body;
    const versions = [];
    for (const epoch of [1, 2, 3]) {
      const jobId = await rows.job({ modelId: id });
      versions.unshift(await rows.version(jobId, await rows.checkpoint(jobId, epoch)));
    }
    const { body } = await service.request('get', `/v1/models/${id}/versions?limit=2`).expect(200);
    expect(body.data.map((version: { id: string }) => version.id)).toEqual(versions.slice(0, 2));
    expect(body).toMatchObject({ has_more: true, next_cursor: versions[1] });
    const model = await service.request('get', `/v1/models/${id}`).expect(200);
    expect(model.body.latest_version_id).toBe(versions[0]);
  });
});

describe('deleting a model', () => {
  it('hides it from lists, and its jobs stay', async () => {
    const { id } = (await create(tinyDefinition())).body;
    const jobId = await rows.job({ modelId: id });
    const refused = await service.request('delete', `/v1/models/${id}`).expect(409);
    expect(refused.body).toMatchObject({ code: 'conflict', detail: expect.stringContaining(jobId) });
    await rows.move(jobId, 'cancelled');
    await service.request('delete', `/v1/models/${id}`).expect(204);
    await service.request('get', `/v1/models/${id}`).expect(404);
    await service.request('delete', `/v1/models/${id}`).expect(404);
    await service.request('get', `/v1/jobs/${jobId}`).expect(200);
  });
});
