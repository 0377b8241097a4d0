import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { z } from 'zod';
import { referencedSchemas } from './http/operation.js';
import { schemaComponents } from './openapi-schemas.js';

const DESCRIPTION = `Training as a service for Keras-style models.

Errors are \`application/problem+json\` (RFC 9457) with a \`code\`; lists go by \`limit\` and \`after\`; a POST that creates takes an
\`Idempotency-Key\`. Every answer has an \`x-request-id\`.`;

type Components = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** The OpenAPI 3.1 document of all operations, from the schemas that requests are validated by. */
export function buildOpenApiDocument(app: INestApplication, publicUrl?: string): OpenAPIObject {
  const configuration = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Epochal')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer(publicUrl ?? '/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'ek_…', description: 'An API key' }, 'key')
    .addSecurityRequirements('key')
    .addTag('Datasets', 'Tables to train on, uploaded as CSV')
    .addTag('Models', 'Keras models: definitions, trained versions, files')
    .addTag('Jobs', 'Trainings: their requests, status and events')
    .addTag('Checkpoints', 'States of a training that were saved on the way')
    .addTag('Keys', 'API keys of the project')
    .addTag('Health', 'For probes')
    .build();
  const document = SwaggerModule.createDocument(app, configuration, {
    autoTagControllers: false,
    standardSchemaConverter: (schema, { schemaType }) =>
      schemaComponents(schema as unknown as z.ZodType, schemaType),
  });
  const referenced = [...referencedSchemas].map((schema) => schemaComponents(schema, 'output').components);
  const components = Object.assign({}, document.components?.schemas, ...referenced) as Components;
  return { ...document, components: { ...document.components, schemas: sortedByName(components) } };
}

const sortedByName = <Value>(values: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
