import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EpochalClient } from '@epochal/client';
import type { CreateJobInput, Event, Job } from '@epochal/contracts';

export const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

/** The job of the quick start, less its ids. */
export const housingJob = async (): Promise<Omit<CreateJobInput, 'model_id' | 'dataset_id'>> =>
  JSON.parse(await readFile(path.join(SAMPLES, 'housing_job.json'), 'utf8'));

/** Uploads the housing data, defines the book's network and starts the quick start's job, with changes to it. */
export async function startHousingJob(
  client: EpochalClient,
  changes: Partial<CreateJobInput> = {},
): Promise<Job> {
  const dataset = await client.datasets.create({
    name: 'California housing',
    filename: 'california_housing.csv',
    body: await openAsBlob(path.join(SAMPLES, 'california_housing.csv')),
  });
  const definition = await readFile(path.join(SAMPLES, 'housing_mlp.json'), 'utf8');
  const model = await client.models.create({ name: 'housing_mlp', definition });
  return client.jobs.create({
    ...(await housingJob()),
    ...changes,
    model_id: model.id,
    dataset_id: dataset.id,
  });
}

/** Every event of a job, followed live until its last one. */
export async function allEvents(client: EpochalClient, jobId: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of client.jobs.events(jobId)) events.push(event);
  return events;
}
