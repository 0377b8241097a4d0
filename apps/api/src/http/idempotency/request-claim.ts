import type { FastifyRequest } from 'fastify';
import type { IdempotencyClaim } from './idempotency-claim.js';

export const IDEMPOTENT = Symbol('idempotent');

export interface IdempotentOptions {
  /** The answer holds a secret: it is kept encrypted under the API key of the request, and given again only to that key. */
  readonly secret?: boolean;
  /** The body is a file. */
  readonly streamed?: boolean;
}

const claims = new WeakMap<object, IdempotencyClaim>();

export const setClaim = (request: FastifyRequest, claim: IdempotencyClaim): void =>
  void claims.set(request.raw, claim);

export const claimOf = (request: FastifyRequest): IdempotencyClaim | undefined => claims.get(request.raw);
