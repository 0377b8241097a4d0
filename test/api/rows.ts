import type { CreateJob, EventDraft, JobStatus } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { appendEvents, changeStatus, type TimedDraft } from '@epochal/event-log';
import { testId } from './service.js';

/** Rows as the API and a worker write them, for what a test does not want to get by training. */
export class Rows {
  constructor(
    private readonly database: Database,
    readonly projectId: string,
  ) {}

  /** Rows of the project that the first key opens. */
  static async of(database: Database): Promise<Rows> {
    const { id } = await database.project.findFirstOrThrow({ where: { name: 'default' } });
    return new Rows(database, id);
  }

  async model(): Promise<string> {
    const id = testId('model');
    await this.database.model.create({
      data: {
        id,
        projectId: this.projectId,
        name: 'model',
        dialect: 'keras_3',
        className: 'Sequential',
        definition: { class_name: 'Sequential', config: {} },
        signature: { inputs: [], outputs: [], parameters: { total: 0, trainable: 0, non_trainable: 0 } },
      },
    });
    return id;
  }

  async dataset(): Promise<string> {
    const id = testId('ds');
    await this.database.dataset.create({
      data: {
        id,
        projectId: this.projectId,
        name: 'dataset',
        rows: 1,
        sizeBytes: 1,
        sha256: '0'.repeat(64),
        columns: [],
        objectKey: `datasets/${id}/rows.parquet`,
      },
    });
    return id;
  }

  /** A queued job with its first event. */
  async job(ids: { modelId?: string; datasetId?: string } = {}): Promise<string> {
    const id = testId('job');
    const modelId = ids.modelId ?? (await this.model());
    const datasetId = ids.datasetId ?? (await this.dataset());
    await this.database.job.create({
      data: {
        id,
        projectId: this.projectId,
        kind: 'fit',
        modelId,
        datasetId,
        request: requestOf(modelId, datasetId) as object,
        maxAttempts: 3,
        lastSeq: 1,
        events: {
          create: {
            seq: 1,
            attempt: 0,
            type: 'job_status',
            at: new Date(),
            data: { status: 'queued', previous: null, reason: null },
          },
        },
      },
    });
    return id;
  }

  /** Moves a job along the table of moves, as a worker does. */
  async move(jobId: string, ...statuses: JobStatus[]): Promise<void> {
    for (const to of statuses) {
      if (to === 'starting') await this.hold(jobId);
      const changed = await changeStatus(this.database, { jobId, to });
      if (!changed) throw new Error(`${jobId} cannot become ${to}`);
    }
  }

  /** Appends events of the first attempt. */
  append(jobId: string, drafts: readonly EventDraft[]): Promise<number> {
    const timed: TimedDraft[] = drafts.map((event) => ({ at: new Date(), event }));
    return appendEvents(this.database, jobId, 1, timed);
  }

  async checkpoint(jobId: string, epoch: number): Promise<string> {
    const id = testId('ckpt');
    await this.database.checkpoint.create({
      data: {
        id,
        jobId,
        attempt: 1,
        epoch,
        step: epoch * 10,
        final: false,
        logs: { loss: 1 / epoch },
        objectKey: `jobs/${jobId}/checkpoints/${id}.safetensors`,
        sizeBytes: 100,
        sha256: '0'.repeat(64),
      },
    });
    return id;
  }

  /** Makes a checkpoint of a job a version of its model. */
  async version(jobId: string, checkpointId: string): Promise<string> {
    const id = testId('mver');
    const { modelId } = await this.database.job.findUniqueOrThrow({ where: { id: jobId } });
    await this.database.modelVersion.create({ data: { id, modelId, jobId, checkpointId } });
    return id;
  }

  private async hold(jobId: string): Promise<void> {
    const leaseUntil = new Date(Date.now() + 600_000);
    await this.database.job.update({ where: { id: jobId }, data: { attempt: 1, workerId: 'w', leaseUntil } });
  }
}

export const log = (message: string): EventDraft => ({ type: 'log', data: { level: 'info', message } });

const requestOf = (modelId: string, datasetId: string): CreateJob => ({
  kind: 'fit',
  model_id: modelId,
  dataset_id: datasetId,
  data: { x: [], y: [], split: { test: 0, validation: 0, seed: 0 } },
  compile: { optimizer: 'adam', loss: 'mse' },
  fit: {
    epochs: 1,
    initial_epoch: 0,
    batch_size: 32,
    shuffle: true,
    validation_split: 0,
    validation_freq: 1,
  },
  callbacks: [],
  seed: 0,
  checkpoints: { every_epochs: 1, min_interval_seconds: 5, keep_last: 3 },
  events: { batch_interval_seconds: 0.5 },
});
