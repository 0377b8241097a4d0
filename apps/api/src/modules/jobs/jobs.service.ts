import type { Configuration } from '@epochal/configuration';
import { type CreateJob, type Job, type JobQuery, type JsonObject, type Page } from '@epochal/contracts';
import { type Database, inTransaction } from '@epochal/database';
import { changeStatus } from '@epochal/event-log';
import type { Logger } from '@epochal/observability';
import type { Queue } from '@epochal/queue';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIGURATION, DATABASE, LOGGER, QUEUE } from '../../connections/tokens.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { Links } from '../../http/links.js';
import { toPage } from '../../http/pagination.js';
import { noSuch } from '../../http/problems.js';
import { newId } from '../../identifiers.js';
import { cancellationOf } from './cancellation.js';
import { JobValidation } from './job-validation.js';
import { type JobRow, JobsRepository } from './jobs.repository.js';
import { jobView } from './jobs.view.js';

@Injectable()
export class JobsService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(QUEUE) private readonly queue: Queue,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly jobs: JobsRepository,
    private readonly validation: JobValidation,
    private readonly links: Links,
  ) {}

  /**
   * Stores the job with its first event, or nothing when anything is wrong with it, and wakes a worker.
   *
   * @param submitted the request as it was sent
   */
  async create(
    projectId: string,
    request: CreateJob,
    submitted: JsonObject,
    claim?: IdempotencyClaim,
  ): Promise<Job> {
    const answer = await inTransaction(this.database, async (transaction) => {
      await this.validation.assertTrainable(transaction, projectId, request, submitted['data']);
      const row = await this.jobs.insert(transaction, {
        id: newId('job'),
        projectId,
        kind: request.kind,
        name: request.name ?? null,
        modelId: request.model_id,
        datasetId: request.dataset_id,
        request: structuredClone(request) as object,
        maxAttempts: this.configuration.worker.maxAttempts,
      });
      const positions = await this.jobs.queuePositions([row], transaction);
      const view = jobView(row, this.links, positions.get(row.id));
      await claim?.record(transaction, view);
      return view;
    });
    await this.#wakeWorker(answer.id);
    return answer;
  }

  async get(projectId: string, id: string): Promise<Job> {
    const row = await this.#find(projectId, id);
    return jobView(row, this.links, (await this.jobs.queuePositions([row])).get(id));
  }

  async list(projectId: string, query: JobQuery): Promise<Page<Job>> {
    const rows = await this.jobs.list(projectId, query);
    const positions = await this.jobs.queuePositions(rows);
    return toPage(rows, query, (row) => jobView(row, this.links, positions.get(row.id)));
  }

  /** @throws ProblemException `conflict` when the job has ended */
  async cancel(projectId: string, id: string): Promise<Job> {
    // Whoever moves the job between the two statements gets another round; each brings it nearer to its end.
    for (;;) {
      const { status } = await this.#find(projectId, id);
      const to = cancellationOf(status);
      if (to === null || (await changeStatus(this.database, { jobId: id, to, from: [status] }))) {
        return this.get(projectId, id);
      }
    }
  }

  async #find(projectId: string, id: string): Promise<JobRow> {
    const row = await this.jobs.find(projectId, id);
    if (!row) throw noSuch('job', id);
    return row;
  }

  /** The job is accepted also while the queue is away: workers look for queued jobs in the database, too. */
  async #wakeWorker(jobId: string): Promise<void> {
    try {
      await this.queue.enqueue('train', { job_id: jobId }, { jobId: `${jobId}-0` });
    } catch (err) {
      this.logger.warn({ err, job_id: jobId }, 'the job could not be queued and waits for the reconciler');
    }
  }
}
