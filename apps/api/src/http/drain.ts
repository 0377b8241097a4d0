import type { FastifyInstance } from 'fastify';

const LOOK_EVERY_MS = 50;
/** Requests that still run then, such as long uploads, are broken off. */
const DRAIN_MS = 3_000;

/**
 * Has the server close within seconds. Node closes the connections that are idle when closing begins; those that become idle
 * later would be kept for the client's next request, for over a minute.
 */
export function drainConnections(server: FastifyInstance): void {
  server.addHook('preClose', async () => {
    const http = server.server;
    if (!http.listening) return;
    const idle = setInterval(() => http.closeIdleConnections(), LOOK_EVERY_MS);
    const all = setTimeout(() => http.closeAllConnections(), DRAIN_MS);
    http.once('close', () => {
      clearInterval(idle);
      clearTimeout(all);
    });
  });
}
