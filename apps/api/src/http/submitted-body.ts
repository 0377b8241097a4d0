import type { JsonObject } from '@epochal/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Parameter of a handler: the JSON body as it was sent, before defaults were filled in and short forms spelled out. */
export const SubmittedBody = createParamDecorator(
  (_: unknown, context: ExecutionContext): JsonObject =>
    context.switchToHttp().getRequest<FastifyRequest>().body as JsonObject,
);
