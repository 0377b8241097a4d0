import { openAsBlob } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EpochalClient } from '@epochal/client';
import type { CreateJobInput, Dataset, Job, Model } from '@epochal/contracts';
import { progressDisplay } from './progress-display.js';
import { runUntilStopped } from './run-until-stopped.js';
import type { StandaloneService } from './standalone-service.js';

const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url));
const USAGE = `Usage: npm run quickstart [-- --exit]

Starts the service, uploads the California housing data, trains the book's network on it, and downloads the trained model.
Then the service goes on until Ctrl-C; with --exit it stops.`;

const done = (message: string) => console.log(`✓ ${message}`);

const count = new Intl.NumberFormat('en');

async function quickstart(service: StandaloneService, dataDirectory: string): Promise<void> {
  const client = new EpochalClient({ baseUrl: service.url, apiKey: service.apiKey });
  done(service.adopted ? `The service was running at ${service.url}` : `The service runs at ${service.url}`);
  const dataset = await uploadHousing(client);
  const missing = dataset.columns.filter((column) => column.missing > 0);
  done(
    `Uploaded ${dataset.filename}: ${count.format(dataset.rows)} rows, ${dataset.columns.length} columns` +
      missing.map(({ name, missing: rows }) => `, ${rows} missing in ${name}`).join(''),
  );
  const model = await defineModel(client);
  done(`Defined the model ${model.name}: ${count.format(model.parameters.total)} parameters`);
  const job = await train(client, model, dataset);
  const saved = await saveModel(client, job, path.join(dataDirectory, 'quickstart'));
  done(`Saved the trained model: ${saved}  (keras.models.load_model opens it)`);
  console.log(`
API    ${service.url}/v1   with the header "Authorization: Bearer ${service.apiKey}"
Docs   ${service.url}/docs
Job    ${service.url}${job.links.self}
Data   ${dataDirectory}`);
}

async function uploadHousing(client: EpochalClient): Promise<Dataset> {
  const filename = 'california_housing.csv';
  const body = await openAsBlob(path.join(SAMPLES, filename));
  return client.datasets.create({ name: 'California housing', filename, body });
}

async function defineModel(client: EpochalClient): Promise<Model> {
  const definition = await readFile(path.join(SAMPLES, 'housing_mlp.json'), 'utf8');
  return client.models.create({ name: 'housing_mlp', definition });
}

async function train(client: EpochalClient, model: Model, dataset: Dataset): Promise<Job> {
  const request = JSON.parse(
    await readFile(path.join(SAMPLES, 'housing_job.json'), 'utf8'),
  ) as CreateJobInput;
  const { id } = await client.jobs.create({ ...request, model_id: model.id, dataset_id: dataset.id });
  done(`Started the job ${id}`);
  const display = progressDisplay(process.stdout);
  for await (const event of client.jobs.events(id)) display(event);
  const job = await client.jobs.get(id);
  if (job.status !== 'succeeded') {
    throw new Error(`The job ${job.status}${job.status_reason ? `: ${job.status_reason.message}` : ''}`);
  }
  done(
    `Trained on ${job.execution?.device} as a TensorFlow ${job.execution?.mode}; test loss ${testLoss(job)}`,
  );
  return job;
}

const testLoss = (job: Job): string => Number(job.result?.test?.['loss']).toFixed(4);

async function saveModel(client: EpochalClient, job: Job, folder: string): Promise<string> {
  const version = job.result?.model_version_id ?? undefined;
  const response = await client.models.download(job.request.model_id, { format: 'h5', version });
  const file = path.join(folder, 'housing_mlp.h5');
  await mkdir(folder, { recursive: true });
  await writeFile(file, new Uint8Array(await response.arrayBuffer()));
  return file;
}

if (process.argv.includes('--help')) console.log(USAGE);
else await runUntilStopped(quickstart, { stay: () => !process.argv.includes('--exit') });
