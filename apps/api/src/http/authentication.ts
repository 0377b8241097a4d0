import type { FastifyInstance } from 'fastify';
import { type Caller, setCaller } from './caller.js';

/** Routes that need no key: the others do, so that a new one cannot be left open by mistake. */
const OPEN_ROUTES = /^\/(healthz|readyz|openapi\.json|docs(\/.*)?)$/;

/**
 * Asks for a key before anything of a request is read. It goes by the route that was found, not by the address, which can be
 * written in many ways.
 */
export function requireKeys(
  server: FastifyInstance,
  authenticate: (authorization: string | undefined) => Promise<Caller>,
): void {
  server.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url;
    if (route === undefined || OPEN_ROUTES.test(route)) return;
    setCaller(request, await authenticate(request.headers.authorization));
  });
}
