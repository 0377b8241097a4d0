import type { Configuration } from '@epochal/configuration';
import { createLogger, type Logger } from '@epochal/observability';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import { requireKeys } from './http/authentication.js';
import { readBodies } from './http/body-parsers.js';
import { drainConnections } from './http/drain.js';
import { sendLocations } from './http/location.js';
import { ProblemFilter } from './http/problem-filter.js';
import { requestIdOf } from './http/request-id.js';
import { logRequests } from './http/request-log.js';
import { Routes } from './http/routes.js';
import { sendSecurityHeaders } from './http/security-headers.js';
import { RequestValidationPipe } from './http/validation-pipe.js';
import { Authenticator } from './modules/keys/authenticator.js';
import { NestLogger } from './nest-logger.js';
import { buildOpenApiDocument } from './openapi-document.js';

export interface CreateAppOptions {
  /** Default: to standard output, from the configured level on. */
  readonly logger?: Logger;
}

/** The whole HTTP service, connected and ready to listen. `close()` ends streams and connections. */
export async function createApp(
  configuration: Configuration,
  { logger = createLogger({ name: 'api', level: configuration.log.level }) }: CreateAppOptions = {},
): Promise<NestFastifyApplication> {
  const routes = new Routes();
  const problems = new ProblemFilter(logger, routes);
  const adapter = new FastifyAdapter({
    // Addresses that the router cannot read never get as far as Nest.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      void problems.answer(error, request, reply),
    genReqId: requestIdOf,
    // While it closes, a request on an open connection is still answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    logger: false,
    routerOptions: { maxParamLength: 500 },
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  routes.watch(server);
  logRequests(server, logger);
  sendSecurityHeaders(server);
  readBodies(server, configuration.server.uploadMaxBytes);
  sendLocations(server);
  drainConnections(server);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.on(configuration, logger), adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  const authenticator = app.get(Authenticator);
  requireKeys(server, (authorization) => authenticator.authenticate(authorization));
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(problems);
  serveDocumentation(app, configuration.server.publicUrl);
  await app.init();
  await server.ready();
  return app;
}

/** The OpenAPI document at /openapi.json, and pages to read and try it at /docs. */
function serveDocumentation(app: NestFastifyApplication, publicUrl: string | undefined): void {
  SwaggerModule.setup('docs', app, () => buildOpenApiDocument(app, publicUrl), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Epochal API',
    // The validator's badge would be loaded from elsewhere.
    swaggerOptions: { validatorUrl: null },
  });
}
