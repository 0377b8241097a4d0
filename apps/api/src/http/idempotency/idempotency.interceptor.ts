import { ProblemException } from '@epochal/contracts';
import type { Logger } from '@epochal/observability';
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable, of } from 'rxjs';
import { LOGGER } from '../../connections/tokens.js';
import { callerOf } from '../caller.js';
import { fingerprintOf } from './fingerprint.js';
import { IdempotencyClaim } from './idempotency-claim.js';
import { IdempotencyRepository, type StoredAnswer } from './idempotency.repository.js';
import { IDEMPOTENT, type IdempotentOptions, setClaim } from './request-claim.js';
import { seal, type SealedAnswer, unseal } from './sealed-answer.js';

export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

/** Answers a request that was sent before, and gives a new one the claim to its key. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor<unknown, unknown> {
  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly reflector: Reflector,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler<unknown>): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const key = keyOf(request);
    if (key === undefined) return next.handle();
    const { secret } = this.reflector.get<IdempotentOptions>(IDEMPOTENT, context.getHandler());
    const seals = secret ? { secret: request.headers.authorization ?? '' } : undefined;
    // Only the key that a sealed answer was made for can open it: to others, the request is another one.
    const fingerprint = fingerprintOf(request, seals ? callerOf(request).keyId : '');
    const outcome = await this.repository.claim(callerOf(request).projectId, key, fingerprint);
    if (!('claimedAt' in outcome)) {
      const body = storedBody(outcome, fingerprint);
      reply.code(outcome.status ?? 200).header('idempotent-replayed', 'true');
      return of(seals ? unseal(body as unknown as SealedAnswer, seals.secret) : body);
    }
    const claim = new IdempotencyClaim(this.repository, outcome, {
      logger: this.logger,
      ...(seals ? { encode: (answer: unknown) => seal(answer, seals.secret) } : {}),
    });
    setClaim(request, claim);
    return from(this.#run(next, claim));
  }

  async #run(next: CallHandler<unknown>, claim: IdempotencyClaim): Promise<unknown> {
    try {
      return await lastValueFrom(next.handle());
    } catch (error) {
      await claim
        .release()
        .catch((err: unknown) => this.logger.warn({ err }, 'an idempotency key could not be released'));
      throw error;
    }
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers[IDEMPOTENCY_KEY_HEADER];
  if (key === undefined || (typeof key === 'string' && KEY_PATTERN.test(key))) return key;
  throw new ProblemException('invalid_request', 'The Idempotency-Key is not valid.', [
    {
      pointer: `/header/${IDEMPOTENCY_KEY_HEADER}`,
      message: 'has another form',
      expected: '1 to 255 visible ASCII characters',
    },
  ]);
}

function storedBody({ fingerprint, status, body }: StoredAnswer, expected: string): StoredAnswer['body'] {
  if (fingerprint !== expected) {
    throw new ProblemException(
      'idempotency_key_reused',
      'This Idempotency-Key belongs to another request. Send this one with a key of its own.',
    );
  }
  if (status === null) {
    throw new ProblemException(
      'request_in_progress',
      'The first request with this Idempotency-Key is not answered yet. Try again in a moment.',
    );
  }
  return body;
}
