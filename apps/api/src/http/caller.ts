import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who sends a request: a key, and the project that it opens. */
export interface Caller {
  readonly keyId: string;
  readonly projectId: string;
}

const callers = new WeakMap<object, Caller>();

/** Remembers whose request it is. */
export function setCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request.raw, caller);
}

/** Whose request it is. Every route but the open ones has a caller before its handler runs. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request.raw);
  if (!caller) throw new Error(`${request.method} ${request.url} was reached without authentication`);
  return caller;
}

export const isAuthenticated = (request: FastifyRequest): boolean => callers.has(request.raw);

/** Parameter of a handler: the id of the project that the caller's key opens. */
export const ProjectId = createParamDecorator(
  (_: unknown, context: ExecutionContext): string =>
    callerOf(context.switchToHttp().getRequest<FastifyRequest>()).projectId,
);
