import type { FastifyInstance } from 'fastify';

/** Says where what was created can be found: its id below the address that it was posted to. */
export function sendLocations(server: FastifyInstance): void {
  server.addHook('preSerialization', async (request, reply, payload) => {
    if (reply.statusCode === 201 && hasId(payload)) {
      reply.header('location', `${request.routeOptions.url}/${payload.id}`);
    }
    return payload;
  });
}

const hasId = (payload: unknown): payload is { id: string } =>
  typeof payload === 'object' && payload !== null && 'id' in payload && typeof payload.id === 'string';
