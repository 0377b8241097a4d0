import type { EventDraft, Logs } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { appendEvents, type TimedDraft } from '@epochal/event-log';
import type { ClaimedJob } from './job-claim.js';

const FLUSH_INTERVAL_MS = 50;

/** Where a fit is, as shown in the job. */
interface Progress {
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  eta_seconds: number | null;
}

/**
 * Writes a trainer's events to the log in order, many in one transaction, with the job's progress beside them. Training never
 * waits for it. The first write that fails is kept and thrown by every later `flush`.
 */
export class EventRelay {
  #pending: TimedDraft[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failure: unknown;
  #progress: Progress | null = null;
  #logs: Logs | null = null;
  #trainingSince = 0;
  #stepsDone = 0;

  constructor(
    private readonly database: Database,
    private readonly claim: ClaimedJob,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Takes an event; it is stored within about 50 ms. */
  add(draft: TimedDraft): void {
    this.#pending.push(draft);
    this.#observe(draft.event, draft.at);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writeEvents();
    }, FLUSH_INTERVAL_MS);
  }

  /** Writes something else to the job, after the events taken so far and before later ones. */
  write(action: () => Promise<void>): void {
    this.#writing = this.#writing.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await action();
      } catch (error) {
        this.#failure = error;
        this.onFailure(error);
      }
    });
  }

  /** Waits until every event taken so far is stored. @throws what a write threw, such as StaleAttemptError */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writeEvents();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #writeEvents(): void {
    this.write(async () => {
      const drafts = this.#pending;
      this.#pending = [];
      if (drafts.length > 0) await this.#store(drafts);
    });
  }

  async #store(drafts: readonly TimedDraft[]): Promise<void> {
    const { jobId, attempt } = this.claim;
    await this.database.$transaction(async (transaction) => {
      await appendEvents(transaction, jobId, attempt, drafts);
      await transaction.job.updateMany({
        where: { id: jobId, attempt },
        data: {
          ...(this.#progress && { progress: { ...this.#progress } }),
          ...(this.#logs && { logs: this.#logs }),
        },
      });
    });
  }

  #observe(event: EventDraft, at: Date): void {
    const progress = this.#progress;
    if (event.type === 'train_begin') {
      const { epochs, steps, initial_epoch, resumed_from } = event.data;
      const epoch = resumed_from?.epoch ?? initial_epoch;
      this.#trainingSince = at.getTime();
      this.#progress = { epoch, epochs, step: resumed_from?.step ?? 0, steps, eta_seconds: null };
    } else if (event.type === 'train_batch_end' && progress) {
      this.#advance({ ...progress, epoch: event.data.epoch, step: event.data.batch + 1 }, at);
    } else if (event.type === 'epoch_end' && progress) {
      this.#logs = event.data.logs;
      this.#advance({ ...progress, epoch: event.data.epoch + 1, step: 0 }, at);
    }
  }

  #advance(next: Progress, at: Date): void {
    const begun = this.#progress!;
    this.#stepsDone += (next.epoch - begun.epoch) * next.steps + (next.step - begun.step);
    const left = (next.epochs - next.epoch) * next.steps - next.step;
    const secondsPerStep = (at.getTime() - this.#trainingSince) / 1000 / Math.max(1, this.#stepsDone);
    this.#progress = { ...next, eta_seconds: Math.round(left * secondsPerStep * 10) / 10 };
  }
}
