import type { ControlMessage, EventDraft, Failure, Logs, TrainerMessage } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { changeStatus, StaleAttemptError } from '@epochal/event-log';
import type { ObjectStore } from '@epochal/storage';
import type { Logger } from 'pino';
import { typeid } from 'typeid-js';
import { type CheckpointMessage, removeOldCheckpoints, storeCheckpoint } from './checkpoint-store.js';
import { EventRelay } from './event-relay.js';
import { crashFailure, infrastructureFailure } from './failures.js';
import { type AfterFailure, type ClaimedJob, endFailedAttempt, renewLease } from './job-claim.js';
import type { RunFolder } from './run-folder.js';
import { TrainerProcess, type TrainerProgram } from './trainer-process.js';

type Cause = Extract<ControlMessage, { type: 'stop' }>['cause'];
type Ending = Extract<TrainerMessage, { type: 'stopped' | 'succeeded' | 'failed' }>;

export interface AttemptContext {
  readonly database: Database;
  readonly store: ObjectStore;
  readonly program: TrainerProgram;
  readonly logger: Logger;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  /** How long a trainer may take to write its last checkpoint before it is ended. */
  readonly graceSeconds: number;
}

/**
 * One attempt at a job: it runs the trainer, relays its events, stores its checkpoints, obeys the job's status and writes
 * the outcome. When the job is lost to another attempt it ends the trainer and writes nothing more.
 */
export class Attempt {
  readonly #relay: EventRelay;
  #trainer: TrainerProcess | undefined;
  #storing: Promise<void> = Promise.resolve();
  #keepLast = 1;
  #graceTimer: NodeJS.Timeout | undefined;
  #finalCheckpoint: string | undefined;
  #finalFailure: unknown;
  #ending: Ending | undefined;
  #stopTold: Cause | undefined;
  #lost = false;

  constructor(
    readonly claim: ClaimedJob,
    private readonly folder: RunFolder,
    private readonly context: AttemptContext,
  ) {
    this.#relay = new EventRelay(context.database, claim, (error) => this.#onWriteFailure(error));
  }

  /** @returns when the job is to be tried again, or that it has ended (or is no longer ours) */
  async run(): Promise<AfterFailure> {
    const heartbeat = setInterval(() => void this.obeyStatus(), this.context.heartbeatSeconds * 1000);
    try {
      const spec = await this.folder.prepare(this.context.database, this.context.store, this.claim);
      this.#keepLast = spec.checkpoints.keep_last;
      return await this.#train();
    } catch (error) {
      if (error instanceof StaleAttemptError || this.#lost) return { outcome: 'ended' };
      this.context.logger.error({ err: error }, 'attempt failed');
      return await endFailedAttempt(this.context.database, this.claim, infrastructureFailure(error));
    } finally {
      clearInterval(heartbeat);
      clearTimeout(this.#graceTimer);
      this.#trainer?.kill();
      await this.folder.remove();
    }
  }

  /** Renews the lease and does what the job's status asks for. Called at every heartbeat and when the status changed. */
  async obeyStatus(): Promise<void> {
    try {
      const status = await renewLease(this.context.database, this.claim, this.context.leaseSeconds);
      if (status === null) this.#lose();
      else if (status === 'cancelling') this.stop('cancel');
      else if (status === 'pausing') this.stop('pause');
    } catch (error) {
      // The lease tells: if the database stays away, another worker takes the job.
      this.context.logger.warn({ err: error }, 'the lease could not be renewed');
    }
  }

  /** Asks the trainer to write a last checkpoint and to end. */
  stop(cause: Cause): void {
    if (this.#stopTold === cause) return;
    this.#stopTold = cause;
    this.#tellToStop();
  }

  #tellToStop(): void {
    const cause = this.#stopTold;
    if (cause === undefined || this.#trainer === undefined) return;
    this.#trainer.tell({ type: 'stop', cause });
    this.#graceTimer ??= setTimeout(() => this.#trainer?.kill(), this.context.graceSeconds * 1000);
  }

  async #train(): Promise<AfterFailure> {
    this.#trainer = new TrainerProcess(this.context.program, this.folder.path, (message) =>
      this.#receive(message),
    );
    this.context.logger.info({ pid: this.#trainer.pid }, 'trainer started');
    this.#tellToStop();
    const exit = await this.#trainer.exit;
    await this.#storing;
    if (this.#lost) return { outcome: 'ended' };
    await this.#relay.flush();
    if (this.#finalFailure) throw this.#finalFailure;
    return this.#conclude(this.#ending ?? { type: 'failed', failure: crashFailure(exit) });
  }

  #receive(message: TrainerMessage): void {
    if (message.type === 'event')
      this.#relay.add({ at: new Date(message.at), event: message.event as EventDraft });
    else if (message.type === 'execution') this.#relay.write(() => this.#begin(message));
    else if (message.type === 'checkpoint') this.#storing = this.#storing.then(() => this.#store(message));
    else this.#ending = message;
  }

  /** The first thing that a trainer says is how its steps run: then the job is running. */
  async #begin({ mode, reason, device }: Extract<TrainerMessage, { type: 'execution' }>): Promise<void> {
    const { jobId, attempt } = this.claim;
    await changeStatus(this.context.database, { jobId, attempt, to: 'running', from: ['starting'] });
    await this.context.database.job.updateMany({
      where: { id: jobId, attempt },
      data: { execution: { mode, reason, device } },
    });
  }

  async #store(message: CheckpointMessage): Promise<void> {
    const { database, store, logger } = this.context;
    try {
      await this.#relay.flush();
      const id = await storeCheckpoint(
        database,
        store,
        this.claim,
        message,
        this.folder.output(message.path),
      );
      if (message.final) this.#finalCheckpoint = id;
      else await removeOldCheckpoints(database, store, this.claim.jobId, this.#keepLast);
    } catch (error) {
      if (error instanceof StaleAttemptError) this.#lose();
      else if (message.final) this.#finalFailure = error;
      else {
        logger.error({ err: error }, 'a checkpoint could not be stored');
        this.#warn(
          `The checkpoint of epoch ${message.epoch} was not stored: ${infrastructureFailure(error).message}`,
        );
      }
    }
  }

  #warn(message: string): void {
    this.#relay.add({ at: new Date(), event: { type: 'log', data: { level: 'warning', message } } });
  }

  #conclude(ending: Ending): Promise<AfterFailure> {
    if (ending.type === 'succeeded') return this.#succeed(ending.test);
    if (ending.type === 'stopped') return this.#stopped(ending.cause);
    if (ending.failure.category === 'user') return this.#fail(ending.failure);
    return endFailedAttempt(this.context.database, this.claim, ending.failure);
  }

  async #succeed(test: Logs | null): Promise<AfterFailure> {
    const { jobId, attempt } = this.claim;
    const checkpointId = this.#finalCheckpoint;
    if (checkpointId === undefined) throw new Error('the trainer succeeded without a final checkpoint');
    await this.context.database.$transaction(async (transaction) => {
      const changed = await changeStatus(transaction, { jobId, attempt, to: 'succeeded' });
      if (!changed) throw new StaleAttemptError(jobId, attempt);
      const { modelId } = await transaction.job.findUniqueOrThrow({
        where: { id: jobId },
        select: { modelId: true },
      });
      const version = { id: typeid('mver').toString(), modelId, jobId, checkpointId };
      await transaction.modelVersion.create({ data: version });
      await transaction.job.update({
        where: { id: jobId },
        data: { result: { model_version_id: version.id, test } },
      });
    });
    return { outcome: 'ended' };
  }

  async #stopped(cause: Cause): Promise<AfterFailure> {
    const { jobId, attempt } = this.claim;
    const to = ({ cancel: 'cancelled', pause: 'paused', terminate: 'queued' } as const)[cause];
    await changeStatus(this.context.database, { jobId, attempt, to });
    return cause === 'terminate' ? { outcome: 'queued', delaySeconds: 0 } : { outcome: 'ended' };
  }

  async #fail(failure: Failure): Promise<AfterFailure> {
    const { jobId, attempt } = this.claim;
    await changeStatus(this.context.database, { jobId, attempt, to: 'failed', reason: failure });
    return { outcome: 'ended' };
  }

  #onWriteFailure(error: unknown): void {
    if (error instanceof StaleAttemptError) this.#lose();
    else {
      this.context.logger.error({ err: error }, 'events could not be stored');
      this.#finalFailure ??= error;
      this.#trainer?.kill();
    }
  }

  #lose(): void {
    this.#lost = true;
    this.#trainer?.kill();
  }
}
