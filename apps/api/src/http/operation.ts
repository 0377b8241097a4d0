import { PROBLEMS, type ProblemCode, problemSchema } from '@epochal/contracts';
import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
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
  const { id, summary, description, answer, alternatives = [], problems = [], open = false } = options;
  const always = open ? [] : ALWAYS;
  return applyDecorators(
    HttpCode(answer.status),
    ApiOperation({
      operationId: id,
      summary,
      ...(description ? { description } : {}),
      ...(open ? { security: [] } : {}),
    }),
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

function successResponse({
  status,
  description,
  schema,
  content,
  headers = {},
}: SuccessfulAnswer): MethodDecorator {
  const documented = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' as const } },
  ]);
  return ApiResponse({
    status,
    description,
    ...(documented.length > 0 ? { headers: Object.fromEntries(documented) as Record<string, object> } : {}),
    ...(schema ? { standardSchema: schema } : {}),
    ...(content ? { content } : {}),
  } as Parameters<typeof ApiResponse>[0]);
}

/** One response a status; its description lists the codes that share the status. */
function problemResponses(codes: readonly ProblemCode[]): MethodDecorator[] {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  return [...statuses].map((status) => {
    const shared = [...new Set(codes)].filter((code) => PROBLEMS[code].status === status);
    return ApiResponse({
      status,
      description: shared.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
      content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: `#/components/schemas/${PROBLEM_COMPONENT}` } } },
    });
  });
}

export const PROBLEM_COMPONENT = problemSchema.meta()?.id ?? 'Problem';
