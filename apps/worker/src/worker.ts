import path from 'node:path';
import type { Configuration } from '@epochal/configuration';
import { createDatabase, NotificationListener } from '@epochal/database';
import { CONTROL_CHANNEL } from '@epochal/event-log';
import { type Logger, withContext } from '@epochal/observability';
import { createQueue, createWorker, QueueUnavailableError } from '@epochal/queue';
import { detectSandbox } from '@epochal/sandbox';
import { createObjectStore } from '@epochal/storage';
import { Attempt, type AttemptContext } from './attempt.js';
import { claimJob } from './job-claim.js';
import { type Enqueue, Reconciler } from './reconciler.js';
import { removeAbandonedRuns, RunFolder } from './run-folder.js';
import { trainerProgram } from './trainer-program.js';
import { workerName } from './worker-name.js';

const RECONCILE_SECONDS = 2;
const GRACE_SECONDS = 30;
/** No upload takes this long. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;

export interface RunningWorker {
  /** Has the trainers write a checkpoint, hands their jobs back to the queue and closes every connection. */
  stop(): Promise<void>;
}

/** Takes jobs from the queue and trains them, as many at a time as the worker has slots. */
export async function startWorker(configuration: Configuration, logger: Logger): Promise<RunningWorker> {
  const { leaseSeconds, heartbeatSeconds, slots, sandbox } = configuration.worker;
  const workerId = workerName(configuration.worker.id);
  const database = createDatabase(configuration.database.url, { applicationName: workerId });
  const store = createObjectStore(configuration.storage);
  await store.ensureReady();
  await store.removeAbandonedUploads(new Date(Date.now() - ABANDONED_AFTER_MS));
  const workDirectory = path.join(configuration.dataDirectory, 'work');
  await removeAbandonedRuns(workDirectory, database);
  const queue = await createQueue(configuration.queue, logger);
  const attempts = new Set<Attempt>();
  let stopping = false;

  const enqueue: Enqueue = async (jobId, attempt, delaySeconds) => {
    try {
      await queue.enqueue(
        'train',
        { job_id: jobId },
        { jobId: `${jobId}-${attempt}`, delay: delaySeconds * 1000 },
      );
    } catch (error) {
      if (!(error instanceof QueueUnavailableError)) throw error;
      logger.warn({ err: error, job_id: jobId }, 'a job could not be queued; the reconciler tries again');
    }
  };

  const context: Omit<AttemptContext, 'logger'> = {
    database,
    store,
    program: trainerProgram(await detectSandbox(sandbox)),
    leaseSeconds,
    heartbeatSeconds,
    graceSeconds: GRACE_SECONDS,
  };

  const train = async ({ job_id: jobId }: { job_id: string }) => {
    if (stopping) return;
    const claim = await claimJob(database, jobId, { workerId, leaseSeconds });
    if (!claim) return;
    await withContext({ job_id: jobId, attempt: claim.attempt }, async () => {
      const folder = new RunFolder(workDirectory, claim);
      const attempt = new Attempt(claim, folder, { ...context, logger });
      attempts.add(attempt);
      const after = await attempt.run().finally(() => attempts.delete(attempt));
      logger.info(after, 'attempt ended');
      if (after.outcome === 'queued') await enqueue(jobId, claim.attempt, after.delaySeconds);
    });
  };

  const listener = new NotificationListener(configuration.database.url, {
    onError: (error) => logger.warn({ err: error }, 'the notification connection failed'),
  });
  const obey = (wanted: (attempt: Attempt) => boolean) => {
    for (const attempt of attempts) if (wanted(attempt)) void attempt.obeyStatus();
  };
  await listener.listen(CONTROL_CHANNEL, (jobId) => obey(({ claim }) => claim.jobId === jobId), {
    onReconnect: () => obey(() => true),
  });
  const reconciler = new Reconciler(database, enqueue, logger);
  reconciler.start(RECONCILE_SECONDS);
  const consumer = await createWorker(configuration.queue, { train }, { concurrency: slots, logger });
  logger.info({ worker_id: workerId, slots }, 'worker started');

  return {
    async stop() {
      stopping = true;
      for (const attempt of attempts) attempt.stop('terminate');
      await consumer.close();
      await reconciler.stop();
      await queue.close();
      await listener.close();
      await database.$disconnect();
    },
  };
}
