import { type Logger, withContext } from '@epochal/observability';
import type { FastifyInstance } from 'fastify';
import { callerOf, isAuthenticated } from './caller.js';
import { REQUEST_ID_HEADER } from './request-id.js';

/** Returns the request's id, puts it on every line that the request logs, and logs one line a request. */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    withContext({ request_id: request.id }, done);
  });
  // Reading a body leaves the asynchronous context of the hook above.
  server.addHook('preHandler', (request, _reply, done) => {
    const project = isAuthenticated(request) ? { project_id: callerOf(request).projectId } : {};
    withContext({ request_id: request.id, ...project }, done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const line = {
      request_id: request.id,
      method,
      // The pattern: an address may hold what a log should not.
      route: routeOptions.url ?? null,
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
      ...(reply.raw.writableFinished ? {} : { aborted: true }),
    };
    // Probes come every few seconds.
    if (routeOptions.url === '/healthz' || routeOptions.url === '/readyz') logger.debug(line, 'request');
    else logger.info(line, 'request');
    done();
  });
}
