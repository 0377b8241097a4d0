import { ProblemException } from '@epochal/contracts';
import type { Prisma, Transaction } from '@epochal/database';
import type { Logger } from '@epochal/observability';
import {
  ABANDONED_AFTER_SECONDS,
  type HeldKey,
  type IdempotencyRepository,
} from './idempotency.repository.js';

const RENEW_EVERY_MS = (ABANDONED_AFTER_SECONDS * 1000) / 3;

export interface ClaimOptions {
  readonly logger: Logger;
  /** How an answer is kept, when not as it is. */
  readonly encode?: (answer: unknown) => unknown;
}

/**
 * The right of one request to create something under its idempotency key. The answer is recorded in the transaction that
 * creates, so that a crash leaves both or neither. A long upload keeps its claim alive.
 */
export class IdempotencyClaim {
  readonly #timer: NodeJS.Timeout;
  #held: HeldKey;
  #renewal: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: IdempotencyRepository,
    held: HeldKey,
    private readonly options: ClaimOptions,
  ) {
    this.#held = held;
    this.#timer = setInterval(() => {
      this.#renewal = this.#renew();
    }, RENEW_EVERY_MS).unref();
  }

  /** @throws ProblemException `request_in_progress` when the claim was lost: another request has taken its place */
  async record(transaction: Transaction, answer: unknown, status = 201): Promise<void> {
    await this.#stopRenewing();
    const { encode = (plain: unknown) => plain } = this.options;
    const body = encode(answer) as Prisma.InputJsonValue;
    const recorded = await this.repository.record(transaction, this.#held, status, body);
    if (!recorded) {
      throw new ProblemException(
        'request_in_progress',
        'This request took so long that another one with its key has begun.',
      );
    }
  }

  /** Frees the key of a request that created nothing. */
  async release(): Promise<void> {
    await this.#stopRenewing();
    await this.repository.release(this.#held);
  }

  async #stopRenewing(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewal;
  }

  async #renew(): Promise<void> {
    try {
      this.#held = (await this.repository.renew(this.#held)) ?? this.#held;
    } catch (err) {
      // The next round tries again; when none gets through, recording finds the claim lost.
      this.options.logger.warn({ err }, 'an idempotency key could not be renewed');
    }
  }
}
