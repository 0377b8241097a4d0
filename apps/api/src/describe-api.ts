import { readConfiguration } from '@epochal/configuration';
import { createLogger } from '@epochal/observability';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from './app.module.js';
import { buildOpenApiDocument } from './openapi-document.js';

/** The OpenAPI document, without a database: in Nest's preview mode, controllers are known and nothing is connected. */
export async function describeApi(): Promise<OpenAPIObject> {
  const nowhere = readConfiguration({ DATABASE_URL: 'postgresql://none@localhost/none' });
  const silent = createLogger({ name: 'openapi', level: 'silent' });
  const app = await NestFactory.create(AppModule.on(nowhere, silent), new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return buildOpenApiDocument(app);
}
