import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type ColumnProfile,
  type CreateJob,
  HELD_STATUSES,
  type JsonObject,
  type RunSpec,
} from '@epochal/contracts';
import type { Database } from '@epochal/database';
import type { ObjectStore } from '@epochal/storage';
import type { ClaimedJob } from './job-claim.js';

/** The folder of one attempt: `run.json`, `data/` (read) and `out/` (written). It goes when the attempt ends. */
export class RunFolder {
  readonly path: string;

  constructor(workDirectory: string, { jobId, attempt }: ClaimedJob) {
    this.path = path.join(workDirectory, `${jobId}-${attempt}`);
  }

  /** A file that the trainer wrote, by its path below `out/`. */
  output(relative: string): string {
    return path.join(this.path, 'out', relative);
  }

  /** Fetches what the attempt needs and writes its run spec, which it returns. */
  async prepare(database: Database, store: ObjectStore, claim: ClaimedJob): Promise<RunSpec> {
    await this.remove();
    await mkdir(path.join(this.path, 'data'), { recursive: true });
    await mkdir(path.join(this.path, 'out'), { recursive: true });
    const job = await database.job.findUniqueOrThrow({
      where: { id: claim.jobId },
      include: {
        model: true,
        dataset: true,
        checkpoints: { orderBy: [{ step: 'desc' }, { id: 'desc' }], take: 1 },
      },
    });
    const request = job.request as unknown as CreateJob;
    const fetch = async (key: string, name: string) => {
      await store.getFile(key, path.join(this.path, 'data', name));
      return name;
    };
    const checkpoint = job.checkpoints[0];
    const spec: RunSpec = {
      version: 1,
      kind: request.kind,
      job_id: claim.jobId,
      attempt: claim.attempt,
      model: { definition: job.model.definition as JsonObject },
      dataset: {
        path: await fetch(job.dataset.objectKey, 'rows.parquet'),
        rows: Number(job.dataset.rows),
        columns: job.dataset.columns as unknown as ColumnProfile[],
      },
      data: request.data,
      compile: request.compile,
      fit: request.fit,
      callbacks: request.callbacks,
      seed: request.seed,
      checkpoints: request.checkpoints,
      events: request.events,
      initial_weights: request.initial_version_id
        ? await fetch(await versionKey(database, request.initial_version_id), 'initial.safetensors')
        : null,
      resume_from: checkpoint ? await fetch(checkpoint.objectKey, 'resume.safetensors') : null,
    };
    await writeFile(path.join(this.path, 'run.json'), JSON.stringify(spec));
    return spec;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

/** Removes what killed workers left: the folders of attempts that no longer hold their job. */
export async function removeAbandonedRuns(workDirectory: string, database: Database): Promise<void> {
  await mkdir(workDirectory, { recursive: true });
  for (const name of await readdir(workDirectory)) {
    const [id, attempt] = name.split('-');
    const held = await database.job.count({
      where: { id, attempt: Number(attempt), status: { in: [...HELD_STATUSES] } },
    });
    if (held === 0) await rm(path.join(workDirectory, name), { recursive: true, force: true });
  }
}

async function versionKey(database: Database, id: string): Promise<string> {
  const version = await database.modelVersion.findUniqueOrThrow({
    where: { id },
    include: { checkpoint: true },
  });
  return version.checkpoint.objectKey;
}
