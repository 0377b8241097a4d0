import type { Configuration } from '@epochal/configuration';
import { ProblemException } from '@epochal/contracts';
import { assertSchemaIsCurrent } from '@epochal/database';
import type { Logger } from '@epochal/observability';
import type { Queue } from '@epochal/queue';
import type { ObjectStore } from '@epochal/storage';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIGURATION, LOGGER, OBJECT_STORE, QUEUE } from '../../connections/tokens.js';

const CHECK_TIMEOUT_MS = 3_000;

interface Check {
  readonly part: string;
  readonly expected: string;
  run(): Promise<void>;
}

/** Asks each part that requests need whether it answers. */
@Injectable()
export class HealthService {
  readonly #checks: readonly Check[];

  constructor(
    @Inject(CONFIGURATION) configuration: Configuration,
    @Inject(QUEUE) queue: Queue,
    @Inject(OBJECT_STORE) store: ObjectStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#checks = [
      {
        part: 'database',
        expected: 'a Postgres that answers, with every migration applied (npm run db:migrate)',
        run: () => assertSchemaIsCurrent(configuration.database.url),
      },
      {
        part: 'queue',
        expected: 'a queue that answers',
        run: () => queue.checkHealth(),
      },
      {
        part: 'storage',
        expected: 'an object store that answers, with its bucket or folder',
        run: () => store.checkHealth(),
      },
    ];
  }

  /** @throws ProblemException `not_ready`, naming the parts; why is in the log only, since anybody may ask */
  async assertReady(): Promise<void> {
    const failed = (await Promise.all(this.#checks.map((check) => this.#fails(check)))).flat();
    if (failed.length === 0) return;
    throw new ProblemException(
      'not_ready',
      `Not ready: ${failed.map(({ part }) => part).join(', ')}.`,
      failed.map(({ part, expected }) => ({ pointer: `/${part}`, message: 'is not ready', expected })),
    );
  }

  async #fails(check: Check): Promise<Check[]> {
    try {
      await withinTime(check.run());
      return [];
    } catch (err) {
      this.logger.warn({ err, part: check.part }, 'not ready');
      return [check];
    }
  }
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS / 1000} s`)),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
