import type { Database } from '@epochal/database';
import type { Logger } from 'pino';
import { workerLostFailure } from './failures.js';
import { endFailedAttempt } from './job-claim.js';

const EXPIRED = `
SELECT id, attempt FROM jobs
WHERE status IN ('starting', 'running', 'pausing', 'cancelling') AND lease_until < now() LIMIT 100`;

const WAITING = `
SELECT id, attempt FROM jobs
WHERE status = 'queued' AND available_at <= now() ORDER BY id LIMIT 100`;

interface Row {
  id: string;
  attempt: number;
}

export type Enqueue = (jobId: string, attempt: number, delaySeconds: number) => Promise<void>;

/**
 * Makes the queue agree with Postgres: jobs of workers that went away are queued again, and queued jobs that the queue has
 * lost (or never got) are enqueued. Every worker runs it; each step is a compare-and-set or is ignored when done twice.
 */
export class Reconciler {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly enqueue: Enqueue,
    private readonly logger: Logger,
  ) {}

  start(intervalSeconds: number): void {
    const tick = () => {
      this.#round = this.reconcile().catch((error: unknown) =>
        this.logger.error({ err: error }, 'reconciling failed'),
      );
      void this.#round.then(() => {
        if (this.#timer) this.#timer = setTimeout(tick, intervalSeconds * 1000);
      });
    };
    this.#timer = setTimeout(tick, 0);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#round;
  }

  async reconcile(): Promise<void> {
    for (const { id, attempt } of await this.database.$queryRawUnsafe<Row[]>(EXPIRED)) {
      this.logger.warn({ job_id: id, attempt }, 'the lease of a job has expired');
      await endFailedAttempt(this.database, { jobId: id, attempt }, workerLostFailure, new Date());
    }
    for (const { id, attempt } of await this.database.$queryRawUnsafe<Row[]>(WAITING)) {
      await this.enqueue(id, attempt, 0);
    }
  }
}
