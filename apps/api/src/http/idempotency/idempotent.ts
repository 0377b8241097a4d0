import type { ProblemCode } from '@epochal/contracts';
import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestHeader } from '../operation.js';
import { IDEMPOTENCY_KEY_HEADER, IdempotencyInterceptor } from './idempotency.interceptor.js';
import { claimOf, IDEMPOTENT, type IdempotentOptions } from './request-claim.js';

/**
 * Lets a creating request be sent again under its `Idempotency-Key`. Its handler takes the {@link Claim} and records the
 * answer in the transaction that creates.
 */
export const Idempotent = (options: IdempotentOptions = {}): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT, options),
    UseInterceptors(IdempotencyInterceptor),
    RequestHeader(
      IDEMPOTENCY_KEY_HEADER,
      'Sent again with the same key within a day, the same request gets the stored answer, with the header ' +
        '`Idempotent-Replayed: true`, and creates nothing. A request that failed does not use up its key.' +
        (options.streamed ? ' The file is not compared, only the query.' : ''),
    ),
  );

/** Parameter of a handler: the claim of a request with an idempotency key. */
export const Claim = createParamDecorator((_: unknown, context: ExecutionContext) =>
  claimOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** What an idempotent operation can answer because of its key. */
export const IDEMPOTENCY_PROBLEMS = [
  'invalid_request',
  'idempotency_key_reused',
  'request_in_progress',
] as const satisfies readonly ProblemCode[];
