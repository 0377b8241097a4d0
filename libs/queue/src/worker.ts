import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { QueueConfiguration } from '@epochal/configuration';
import type { Logger } from '@epochal/observability';
import { UnrecoverableError, type Job } from 'bullmq';
import { openConsumer, type Consumer } from './backend.js';
import { jobNames, parsePayload, type JobName, type Payload } from './catalogue.js';
import { createErrorLog } from './error-log.js';
import { InvalidPayloadError } from './errors.js';

/** Does the work of each job it is given; see the catalogue for what happens when one throws. */
export type Handlers = { readonly [Name in JobName]: (payload: Payload<Name>) => Promise<void> };

export interface WorkerOptions {
  /** How many jobs of each name are handled at a time. */
  readonly concurrency: number;
  readonly logger: Logger;
}

/** The receiving side of all queues. */
export interface Worker {
  /** Takes no more jobs, waits for the handlers that run, and closes the connections, also when the server is away. */
  close(): Promise<void>;
}

// Handlers fence their writes in Postgres, so that a job handed out twice does no harm, and one that is lost soon comes back.
const lockMilliseconds = 10_000;
const stalledCheckMilliseconds = 5_000;
// How soon a server that went away is asked for jobs again.
const retryMilliseconds = 1_000;
const farewellMilliseconds = 2_000;

/**
 * Takes jobs from the queues and calls their handlers. A job is handed out at least once: another time when its worker
 * died, lost its connection or blocked its event loop for more than some 10 s.
 *
 * @throws {QueueUnavailableError} when the server is Postgres, and can't be reached
 */
export async function createWorker(
  configuration: QueueConfiguration,
  handlers: Handlers,
  { concurrency, logger }: WorkerOptions,
): Promise<Worker> {
  const running = new Set<Promise<void>>();
  const open = (name: JobName) => {
    const process = async (job: Job) => {
      const handling = handle(name, handlers[name], job.data);
      const ended = handling.catch(() => undefined);
      running.add(ended);
      await handling.finally(() => running.delete(ended));
    };
    const options = {
      concurrency,
      lockDuration: lockMilliseconds,
      stalledInterval: stalledCheckMilliseconds,
      maxStalledCount: 1,
      runRetryDelay: retryMilliseconds,
    };
    return openConsumer(configuration, name, { process, options }, (events) => report(events, logger));
  };
  const consumers = await Promise.all(jobNames.map(open));
  return {
    close: async () =>
      void (await Promise.all(consumers.map((consumer) => closeConsumer(consumer, running)))),
  };
}

async function handle<Name extends JobName>(
  name: Name,
  handler: Handlers[Name],
  data: unknown,
): Promise<void> {
  const payload = parse(name, data);
  await handler(payload);
}

function parse<Name extends JobName>(name: Name, data: unknown): Payload<Name> {
  try {
    return parsePayload(name, data);
  } catch (error) {
    // Trying again would not make it valid.
    throw error instanceof InvalidPayloadError ? new UnrecoverableError(error.message) : error;
  }
}

function report(events: EventEmitter, logger: Logger): void {
  events.on('error', createErrorLog(logger, 'the worker lost touch with the job queue'));
  events.on('failed', (job: Job | undefined, error: Error) =>
    logger.error({ err: error, queue_job_id: job?.id, attempts: job?.attemptsMade }, 'a queued job failed'),
  );
  events.on('stalled', (id: string) =>
    logger.warn({ queue_job_id: id }, 'a queued job was lost by its worker'),
  );
}

async function closeConsumer(consumer: Consumer, running: ReadonlySet<Promise<void>>): Promise<void> {
  const closing = consumer.close();
  // BullMQ waits for its server without end; once the handlers are done, nothing is lost by leaving.
  const patience = Promise.all(running).then(() => delay(farewellMilliseconds, undefined, { ref: false }));
  await Promise.race([closing, patience]);
  await consumer.disconnect();
}
