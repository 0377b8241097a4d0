import { PROBLEMS, type ProblemCode, problemSchema } from '@epochal/contracts';
import { applyDecorators, HttpCode } from '@nestjs/common';
import {
  ApiHeader,
  ApiOperation,
  type ApiOperationOptions,
  ApiResponse,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import type { z } from 'zod';
import { PROBLEM_MEDIA_TYPE } from './problem-filter.js';

/** What a successful answer is: JSON of a schema, other media types, or nothing. */
export interface SuccessfulAnswer {
  readonly status: 200 | 201 | 204;
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Media types beside or instead of JSON, each with its OpenAPI schema. */
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OperationOptions {
  /** The name by which generated clients call it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** A body that is not JSON of a schema, as OpenAPI describes it. */
  readonly requestBody?: object;
  readonly answer: SuccessfulAnswer;
  /** Other successful answers. */
  readonly alternatives?: readonly SuccessfulAnswer[];
  readonly problems?: readonly ProblemCode[];
  /** Needs no key. */
  readonly open?: boolean;
}

/** Every operation that needs a key and reads the database can end so. */
const ALWAYS: readonly ProblemCode[] = ['unauthorized', 'internal'];

/** Documents an operation as a whole: its name, what it answers, and every problem that it can answer. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, answer, alternatives = [], problems = [], open = false } = options;
  const always = open ? [] : ALWAYS;
  return applyDecorators(
    HttpCode(answer.status),
    ApiOperation({
      operationId: id,
      summary,
      ...(options.description ? { description: options.description } : {}),
      ...(options.requestBody ? { requestBody: options.requestBody } : {}),
      ...(open ? { security: [] } : {}),
    } as ApiOperationOptions),
    ...[answer, ...alternatives].map(successResponse),
    ...problemResponses([...always, ...problems]),
  );
}

/** What an operation with a JSON body can answer because of it. */
export const JSON_BODY_PROBLEMS = [
  'invalid_request',
  'malformed_json',
  'payload_too_large',
  'unsupported_media_type',
] as const satisfies readonly ProblemCode[];

/** Documents a header of the request. */
export const RequestHeader = (name: string, description: string): MethodDecorator =>
  ApiHeader({ name, description, required: false, schema: { type: 'string' } });

/** Schemas that answers refer to by their names, for the document's components. */
export const referencedSchemas = new Set<z.ZodType>([problemSchema]);

function successResponse(answer: SuccessfulAnswer): MethodDecorator {
  const { status, description, schema, content, headers = {} } = answer;
  const all = status === 201 ? { Location: 'The address of what was created', ...headers } : headers;
  const documented = Object.entries(all).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  const body = content ? { content: { ...jsonContent(schema), ...content } } : { standardSchema: schema };
  return ApiResponse({
    status,
    description,
    ...(documented.length > 0 ? { headers: Object.fromEntries(documented) as object } : {}),
    ...body,
  } as ApiResponseOptions);
}

/** JSON beside other media types, by the name of its schema. */
function jsonContent(schema: z.ZodType | undefined): SuccessfulAnswer['content'] {
  if (!schema) return {};
  referencedSchemas.add(schema);
  return { 'application/json': { schema: { $ref: componentOf(schema) } } };
}

function componentOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new Error('A schema that is referred to needs a name: .meta({ id })');
  return `#/components/schemas/${id}`;
}

/** One response a status; its description lists the codes that share the status. */
function problemResponses(codes: readonly ProblemCode[]): MethodDecorator[] {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  return [...statuses].map((status) => {
    const shared = [...new Set(codes)].filter((code) => PROBLEMS[code].status === status);
    return ApiResponse({
      status,
      description: shared.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
      content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: componentOf(problemSchema) } } },
    });
  });
}
