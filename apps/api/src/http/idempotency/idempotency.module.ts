import type { Logger } from '@epochal/observability';
import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LOGGER } from '../../connections/tokens.js';
import { IdempotencyRepository } from './idempotency.repository.js';

const CLEAN_EVERY_MS = 3_600_000;

/** Keeps the answers of requests with an Idempotency-Key, and forgets them after a day. */
@Module({ providers: [IdempotencyRepository], exports: [IdempotencyRepository] })
export class IdempotencyModule implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: IdempotencyRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#clean(), CLEAN_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #clean(): Promise<void> {
    try {
      await this.repository.removeExpired();
    } catch (err) {
      this.logger.warn({ err }, 'expired idempotency keys could not be removed');
    }
  }
}
