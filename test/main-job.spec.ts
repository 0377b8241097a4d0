import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Event, EventType, Job } from '@epochal/contracts';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EpochalService, startEpochalService } from './support/epochal-service.js';
import { housingTestInputs, predictWithEngine } from './support/engine.js';
import { allEvents, startHousingJob } from './support/housing.js';
import { keras } from './support/python.js';

/** The job of the quick start, from the upload to the saved model, through a real API, queue, worker and trainer. */
describe('the main job', () => {
  let service: EpochalService;
  let job: Job;
  let events: Event[];

  const api = () => request(service.url);
  const authorization = () => ({ authorization: `Bearer ${service.apiKey}` });
  const ofType = <T extends EventType>(type: T) =>
    events.filter((event): event is Extract<Event, { type: T }> => event.type === type);

  beforeAll(async () => {
    service = await startEpochalService();
    const { id } = await startHousingJob(service.client);
    events = await allEvents(service.client, id);
    job = await service.client.jobs.get(id);
  }, 120_000);
  afterAll(() => service?.stop());

  it('succeeds at the first attempt, as a TensorFlow graph', () => {
    expect(job.status_reason).toBeNull();
    expect(job).toMatchObject({
      status: 'succeeded',
      is_terminal: true,
      attempt: 1,
      execution: { mode: 'graph' },
    });
    expect(job.progress).toMatchObject({ epoch: 20, epochs: 20 });
    expect(job.status_history.map(({ status }) => status)).toEqual([
      'queued',
      'starting',
      'running',
      'succeeded',
    ]);
  });

  it('learns: val_loss falls below 0.5, with the target in hundreds of thousands', () => {
    const curve = ofType('epoch_end').map(({ data }) => Number(data.logs['val_loss']));
    expect(curve).toHaveLength(20);
    expect(curve.at(-1)).toBeLessThan(0.5);
    expect(curve.at(-1)).toBeLessThan(curve[0]!);
    expect(Number(job.result?.test?.['loss'])).toBeLessThan(0.5);
  });

  it('has a log of events without a gap, in the order of Keras', () => {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const once = (type: EventType) => events.findIndex((event) => event.type === type);
    expect(once('train_begin')).toBeLessThan(once('epoch_begin'));
    expect(once('epoch_begin')).toBeLessThan(once('epoch_end'));
    expect(ofType('epoch_begin').map(({ data }) => data.epoch)).toEqual([...Array(20).keys()]);
    expect(ofType('epoch_end').map(({ data }) => data.epoch)).toEqual([...Array(20).keys()]);
    expect(ofType('train_begin')[0]?.data.samples).toEqual({ train: 13_210, validation: 3_302, test: 4_128 });
    expect(events.at(-1)).toMatchObject({
      type: 'job_status',
      data: { status: 'succeeded', previous: 'running' },
    });
  });

  it('gives the same events as pages of JSON, and resumes a stream behind any of them', async () => {
    const page = await api().get(`/v1/jobs/${job.id}/events?limit=1000`).set(authorization()).expect(200);
    expect(page.body.data).toEqual(events);
    const after = events[10]!.seq;
    const stream = await api()
      .get(`/v1/jobs/${job.id}/events`)
      .set({ ...authorization(), accept: 'text/event-stream', 'last-event-id': String(after) })
      .expect(200)
      .expect('content-type', /^text\/event-stream/);
    const ids = [...stream.text.matchAll(/^id: ?(\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual(events.slice(11).map(({ seq }) => seq));
  });

  it('leaves checkpoints that are listed, verified and downloadable', async () => {
    const { body } = await api().get(`/v1/jobs/${job.id}/checkpoints`).set(authorization()).expect(200);
    const last = body.data[0];
    expect(last).toMatchObject({ epoch: 20, step: 20 * 413 });
    const saved = ofType('checkpoint_saved').at(-1);
    expect(saved?.data).toMatchObject({
      checkpoint_id: last.id,
      size_bytes: last.size_bytes,
      sha256: last.sha256,
    });
    await api().get(last.links.download).set(authorization()).expect(200);
  });

  it('saves an .h5 that real Keras loads, and that predicts the same as the trainer did', async () => {
    const response = await service.client.models.download(job.request.model_id, { format: 'h5' });
    expect(response.headers.get('content-disposition')).toContain('.h5');
    const file = path.join(service.dataDirectory, 'housing.h5');
    await writeFile(file, new Uint8Array(await response.arrayBuffer()));
    const inputs = await housingTestInputs(job, service.dataDirectory);
    const [inputsFile, predictionsFile] = ['x.bin', 'predictions.bin'].map((name) =>
      path.join(service.dataDirectory, name),
    ) as [string, string];
    await writeFile(inputsFile, inputs.values);
    const { rows, width } = inputs;
    const loaded = await keras('predict.py', [
      file,
      String(rows),
      String(width),
      inputsFile,
      predictionsFile,
    ]);
    expect(loaded).toEqual({ shape: [4_128, 1], compiled: true, loss: 'mean_squared_error' });
    const bytes = await readFile(predictionsFile);
    const predictions = new Float32Array(bytes.buffer, bytes.byteOffset, rows);
    const ours = await predictWithEngine(service, job, inputs);
    const differences = ours.map((value, row) => Math.abs(value - predictions[row]!));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });
});
