import { setTimeout as delay } from 'node:timers/promises';
import type { QueueConfiguration } from '@epochal/configuration';
import type { Logger } from '@epochal/observability';
import { openProducer, type Producer } from './backend.js';
import { catalogue, jobNames, parsePayload, type JobName, type Payload } from './catalogue.js';
import { createErrorLog } from './error-log.js';
import { QueueUnavailableError } from './errors.js';

export interface EnqueueOptions {
  /** While a job of this id waits or runs, another one of the same id is not added. Default: an id of its own. */
  readonly jobId?: string;
  /** How long it waits before it can be taken, in milliseconds. Default: 0. */
  readonly delay?: number;
}

/** The sending side of all queues. */
export interface Queue {
  /**
   * Adds a job. It is removed when it has ended, whether it succeeded or failed.
   *
   * @throws {InvalidPayloadError} for a payload that the catalogue does not allow
   * @throws {QueueUnavailableError} at once when the server is away, and when it does not answer within 5 s
   */
  enqueue<Name extends JobName>(name: Name, payload: Payload<Name>, options?: EnqueueOptions): Promise<void>;
  /**
   * Resolves when the server of every queue answers.
   *
   * @throws {QueueUnavailableError} at once when one is away, and when it does not answer within 5 s
   */
  checkHealth(): Promise<void>;
  /** Closes the connections; also when the server does not answer. */
  close(): Promise<void>;
}

const answerMilliseconds = 5_000;
const farewellMilliseconds = 2_000;

/**
 * Opens the queues on the server that the configuration names. A Redis that is away now may come back later.
 *
 * @throws {QueueUnavailableError} when the server is Postgres, and can't be reached
 */
export async function createQueue(configuration: QueueConfiguration, logger: Logger): Promise<Queue> {
  const logError = createErrorLog(logger, 'the connection to the job queue failed');
  const opened = await Promise.all(
    jobNames.map(async (name) => {
      const producer = await openProducer(configuration, name, (events) => events.on('error', logError));
      return [name, producer] as const;
    }),
  );
  const producers = new Map<JobName, Producer>(opened);
  return {
    enqueue: (name, payload, options) => enqueue(producers.get(name), name, payload, options),
    checkHealth: async () => void (await Promise.all([...producers.values()].map(checkProducer))),
    close: async () => void (await Promise.all([...producers.values()].map(closeProducer))),
  };
}

async function enqueue<Name extends JobName>(
  producer: Producer | undefined,
  name: Name,
  payload: Payload<Name>,
  options: EnqueueOptions = {},
): Promise<void> {
  const { attempts, backoffMilliseconds } = catalogue[name];
  const data = parsePayload(name, payload);
  await ask(producer, ({ add }) =>
    add(name, data, {
      ...options,
      attempts,
      backoff: { type: 'exponential', delay: backoffMilliseconds },
      removeOnComplete: true,
      removeOnFail: true,
    }),
  );
}

const checkProducer = (producer: Producer): Promise<void> => ask(producer, ({ count }) => count());

/** Sends a command to a queue's server. Whatever goes wrong, the server is not available. */
async function ask(
  producer: Producer | undefined,
  command: (producer: Producer) => Promise<unknown>,
): Promise<void> {
  if (!producer?.isConnected()) throw new QueueUnavailableError('there is no connection to its server');
  try {
    await within(answerMilliseconds, command(producer));
  } catch (error) {
    if (error instanceof QueueUnavailableError) throw error;
    throw new QueueUnavailableError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new QueueUnavailableError(`its server did not answer within ${milliseconds} ms`);
    timer = setTimeout(reject, milliseconds, error);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function closeProducer(producer: Producer): Promise<void> {
  await Promise.race([producer.close(), delay(farewellMilliseconds, undefined, { ref: false })]);
  await producer.disconnect();
}
