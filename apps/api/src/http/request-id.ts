import type { IncomingMessage } from 'node:http';
import { newId } from '../identifiers.js';

export const REQUEST_ID_HEADER = 'x-request-id';
const ACCEPTED = /^[A-Za-z0-9_.:-]{1,128}$/;

/** The id that the client gave, if it is fit for logs and headers, or a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : newId('request');
}
