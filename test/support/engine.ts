import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Job, JsonObject } from '@epochal/contracts';
import { encodeDataset, ingestCsv } from '@epochal/datasets';
import { parseModel } from '@epochal/model-spec';
import { createObjectStore, objectKeys } from '@epochal/storage';
import { loadTensorFlow } from '@epochal/tensorflow';
import { CompiledModel, createModel, loadWeights, predict } from '@epochal/training';
import type { EpochalService } from './epochal-service.js';
import { SAMPLES } from './housing.js';

/** The inputs of the rows that a housing job held out for its test, row-major. */
export async function housingTestInputs(job: Job, folder: string) {
  const source = createReadStream(path.join(SAMPLES, 'california_housing.csv'));
  const ingested = await ingestCsv({ source, workDirectory: folder, memoryLimit: '512MB' });
  const { test } = await encodeDataset({ ...ingested, data: job.request.data });
  return { rows: test.rows, width: test.x[0]!.width, values: test.x[0]!.values };
}

/** What our engine predicts with the trained weights that the service keeps. */
export async function predictWithEngine(
  { client, dataDirectory }: EpochalService,
  job: Job,
  inputs: { rows: number; width: number; values: Float32Array },
): Promise<Float32Array> {
  loadTensorFlow();
  const checkpoints = await client.jobs.checkpoints(job.id);
  const store = createObjectStore({ adapter: 'filesystem', root: path.join(dataDirectory, 'objects') });
  const file = path.join(dataDirectory, 'state.safetensors');
  await store.getFile(objectKeys.checkpoint(job.id, checkpoints.data[0]!.id), file);
  const { definition } = await client.models.get(job.request.model_id);
  const model = createModel(parseModel(definition as JsonObject), 0);
  await loadWeights(model, file);
  const trainable = new CompiledModel(model, job.request.compile, [[null, 1]]);
  const samples = { rows: inputs.rows, inputs: [{ shape: [inputs.width], values: inputs.values }] };
  const host = { emit: () => undefined, poll: () => Promise.resolve('continue' as const) };
  const outputs = await predict({ trainable, samples, batchSize: 256, host });
  return outputs![0]!.values as Float32Array;
}
