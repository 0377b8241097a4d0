import { mkdir, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EpochalService, startEpochalService } from './support/epochal-service.js';
import { allEvents, startHousingJob } from './support/housing.js';
import { SmallDisk } from './support/small-disk.js';
import { waitUntil } from './support/wait-until.js';

describe('when the disk of the objects is full', () => {
  let disk: SmallDisk;
  let service: EpochalService;

  beforeAll(async () => {
    const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'epochal-full-disk-'));
    const objects = path.join(dataDirectory, 'objects');
    await mkdir(objects);
    disk = await SmallDisk.mount(objects, '4m');
    service = await startEpochalService({ dataDirectory, enter: disk.enter });
  });
  afterAll(async () => {
    await service?.stop();
    disk?.unmount();
  });

  it('a job goes on and warns, leaves no half checkpoint, and saves again when there is room', async () => {
    const { id } = await startHousingJob(service.client, {
      fit: { epochs: 1_000_000 },
      checkpoints: { min_interval_seconds: 0.2, keep_last: 1 },
    });
    const saved = async () =>
      (await service.client.jobs.eventPage(id, { types: ['checkpoint_saved'], limit: 1000 })).data.length;
    await waitUntil('a checkpoint is stored', saved);
    await disk.fill();
    const warning = await waitUntil('the job warns', async () => {
      const page = await service.client.jobs.eventPage(id, { types: ['log'], limit: 1 });
      return page.data[0];
    });
    expect(warning.data).toMatchObject({ level: 'warning', message: expect.stringContaining('is full') });
    const error = await service.client.datasets
      .create({ name: 'no room', body: new Blob([`a,b\n${'1,2\n'.repeat(10_000)}`]) })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 507, code: 'storage_full' });

    await disk.free();
    const before = await saved();
    await waitUntil('checkpoints are stored again', async () => (await saved()) > before);
    await service.client.jobs.cancel(id);
    await allEvents(service.client, id);
    const kept = await service.client.jobs.checkpoints(id);
    const stored = (await disk.files()).filter((file) => file.includes('checkpoints'));
    for (const { id: checkpoint } of kept.data) expect(stored.join()).toContain(checkpoint);
    expect(new Set(stored.map((file) => path.basename(file).split('.')[0])).size).toBe(kept.data.length);
    expect((await service.client.datasets.list()).data).toHaveLength(1);
  });
});
