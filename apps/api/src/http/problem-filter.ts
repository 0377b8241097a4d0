import { PROBLEMS, ProblemException } from '@epochal/contracts';
import type { Logger } from '@epochal/observability';
import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemBody, problemOf } from './problem-of.js';
import { REQUEST_ID_HEADER } from './request-id.js';
import type { Routes } from './routes.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The one place where an error becomes an answer (RFC 9457). What is our fault is logged with its cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter<unknown> {
  constructor(
    private readonly logger: Logger,
    private readonly routes: Routes,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    await this.answer(
      error,
      host.switchToHttp().getRequest<FastifyRequest>(),
      host.switchToHttp().getResponse<FastifyReply>(),
    );
  }

  async answer(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const problem = this.#problemOf(error, request, reply);
    const { status } = PROBLEMS[problem.code];
    if (status >= 500) {
      this.logger.error({ err: error, request_id: request.id, code: problem.code }, 'request failed');
    }
    if (reply.sent || reply.raw.headersSent) {
      // Too late for an answer: an aborted body tells the client that it did not get all.
      reply.raw.destroy();
      return;
    }
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="epochal"');
    if (status === 503) reply.header('retry-after', '5');
    // Serialised here, or Fastify would take the media type for one without a serialiser.
    await reply
      .code(status)
      .header(REQUEST_ID_HEADER, request.id)
      .header('cache-control', 'no-store')
      .type(PROBLEM_MEDIA_TYPE)
      .send(JSON.stringify(problemBody(problem, request.id)));
  }

  /** Nest's own 404 is that of its router: no route has this method and address. */
  #problemOf(error: unknown, request: FastifyRequest, reply: FastifyReply): ProblemException {
    if (!(error instanceof NotFoundException)) return problemOf(error);
    const methods = this.routes.methodsAt(request.url);
    if (methods.length === 0) {
      return new ProblemException('not_found', `There is no route ${request.method} ${pathOf(request)}.`);
    }
    reply.header('allow', methods.join(', '));
    return new ProblemException(
      'method_not_allowed',
      `${request.method} is not allowed here; ${methods.join(', ')} ${methods.length === 1 ? 'is' : 'are'}.`,
    );
  }
}

const pathOf = (request: FastifyRequest): string => (request.url.split('?', 1)[0] ?? '').slice(0, 200);
