import { ProblemException } from '@epochal/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const JSON_MEDIA_TYPE = /^application\/([\w.-]+\+)?json\b/;
const MEBIBYTE = 2 ** 20;

/** The route whose body is a file; its query says the rest. */
export const UPLOAD_ROUTE = '/v1/datasets';
export const UPLOAD_MEDIA_TYPES = ['text/csv', 'application/octet-stream', 'multipart/form-data'] as const;

/** The largest JSON body of a route. A model's definition may carry the constants of its layers. */
const jsonLimit = (url: string): number => (url === '/v1/models' ? 32 * MEBIBYTE : MEBIBYTE);

/** How bodies are read: JSON whole and up to a limit, files as the stream that they are. Nothing else is taken. */
export function readBodies(server: FastifyInstance, uploadMaxBytes: number): void {
  server.addHook('onRoute', (route) => {
    route.bodyLimit = route.url === UPLOAD_ROUTE ? uploadMaxBytes : jsonLimit(route.url);
  });
  server.removeAllContentTypeParsers();
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<string>(JSON_MEDIA_TYPE, { parseAs: 'string' }, (request, text, done) => {
    if (isUpload(request)) return done(unsupported(request, UPLOAD_MEDIA_TYPES.join(', ')));
    // No body is no error here: operations without one take an empty one.
    if (text.trim() === '') return done(null, undefined);
    return parse(request, text, (error, value) => (error ? done(malformed(text)) : done(null, value)));
  });
  server.addContentTypeParser([...UPLOAD_MEDIA_TYPES], (request, stream, done) =>
    isUpload(request) ? done(null, stream) : done(unsupported(request, 'application/json')),
  );
}

const isUpload = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'POST' && routeOptions.url === UPLOAD_ROUTE;

const unsupported = (request: FastifyRequest, expected: string): ProblemException =>
  new ProblemException(
    'unsupported_media_type',
    `The Content-Type is ${request.headers['content-type'] ?? 'missing'}; this operation takes ${expected}.`,
  );

/** Says where the mistake is, which Fastify's parser keeps to itself. */
function malformed(text: string): ProblemException {
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new ProblemException('malformed_json', `The body is not valid JSON: ${reason}`);
  }
  return new ProblemException(
    'malformed_json',
    'The body has a field "__proto__" or "constructor.prototype", which is refused.',
  );
}
