import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';

/**
 * What makes two requests the same: method, address and JSON body. A body that is a file is not part of it, since it is
 * stored while it arrives: an upload is told by its query alone.
 *
 * @param scope whatever else must be the same
 */
export function fingerprintOf(
  { method, url, body }: Pick<FastifyRequest, 'method' | 'url' | 'body'>,
  scope = '',
): string {
  const content = body === undefined || body instanceof Readable ? '' : JSON.stringify(body);
  return createHash('sha256').update([method, url, scope, content].join('\n')).digest('hex');
}
