// How long a user waits: from POST /v1/jobs to the first epoch's event, beside a Keras script that does the same.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openAsBlob } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EpochalClient } from '@epochal/client';
import { startStandalone } from '../apps/standalone/dist/standalone-service.js';
import { ensurePythonEnvironment } from '../scripts/python-environment.mjs';

const RUNS = 5;
const SAMPLES = fileURLToPath(new URL('../samples/', import.meta.url));
const CSV = path.join(SAMPLES, 'california_housing.csv');

/** @returns {Promise<{ case: string, metric: string, ours: number, peer: number, ratio: number }[]>} */
export async function benchService() {
  const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'epochal-bench-'));
  // Under root, Postgres runs as another user, who must get there.
  await chmod(dataDirectory, 0o755);
  const service = await startStandalone({
    dataDirectory,
    port: 0,
    log: console.error,
    signal: new AbortController().signal,
  });
  try {
    const start = await prepareJob(new EpochalClient({ baseUrl: service.url, apiKey: service.apiKey }));
    const python = await ensurePythonEnvironment();
    const ours = [];
    const peer = [];
    // In turns, so that both see the same machine.
    for (let run = 0; run < RUNS; run += 1) {
      ours.push(await start());
      peer.push(await secondsOfKerasScript(python));
    }
    return [
      row('housing MLP', 'seconds from POST to the first epoch event (peer: Keras script)', ours, peer),
    ];
  } finally {
    await service.stop();
    await rm(dataDirectory, { recursive: true });
  }
}

/** @returns a function that starts the job and measures until its first epoch has ended */
async function prepareJob(client) {
  const dataset = await client.datasets.create({ name: 'housing', body: await openAsBlob(CSV) });
  const definition = await readFile(path.join(SAMPLES, 'housing_mlp.json'), 'utf8');
  const model = await client.models.create({ name: 'housing', definition });
  const request = JSON.parse(await readFile(path.join(SAMPLES, 'housing_job.json'), 'utf8'));
  return async () => {
    const begun = performance.now();
    const job = await client.jobs.create({ ...request, model_id: model.id, dataset_id: dataset.id });
    let seconds;
    for await (const event of client.jobs.events(job.id)) {
      if (event.type === 'epoch_end') seconds ??= (performance.now() - begun) / 1000;
    }
    return seconds;
  };
}

async function secondsOfKerasScript(python) {
  const script = fileURLToPath(new URL('keras_first_epoch.py', import.meta.url));
  const begun = performance.now();
  const child = spawn(python, [script, CSV], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the Keras script ended with exit code ${code}`);
  return (performance.now() - begun) / 1000;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function row(name, metric, oursRuns, peerRuns) {
  const ours = median(oursRuns);
  const peer = median(peerRuns);
  return { case: name, metric, ours, peer, ratio: peer / ours };
}
