import { z } from 'zod';

/**
 * The catalogue of errors on the wire (RFC 9457, application/problem+json): code -> HTTP status and title.
 * A code is a promise to clients: add codes, never change what one means.
 */
export const PROBLEMS = {
  invalid_request: { status: 422, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  unauthorized: { status: 401, title: 'An API key is needed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'The current state does not allow this' },
  dataset_in_use: { status: 409, title: 'The dataset is used by a job that has not ended' },
  idempotency_key_reused: { status: 409, title: 'The idempotency key was used with another request' },
  request_in_progress: { status: 409, title: 'A request with this idempotency key is still in progress' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
  invalid_dataset: { status: 422, title: 'The file could not be read as a dataset' },
  invalid_model: { status: 422, title: 'The model definition is not valid' },
  unsupported_format: { status: 422, title: 'The model cannot be written in this format' },
  upload_incomplete: { status: 400, title: 'The upload ended before the whole file was received' },
  not_ready: { status: 503, title: 'The service is not ready' },
  storage_unavailable: { status: 503, title: 'The object store cannot be reached' },
  storage_full: { status: 507, title: 'The storage is full' },
  internal: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** One thing that is wrong with a request: where it is (RFC 6901 JSON pointer), what it is, what would be right. */
export const problemErrorSchema = z.object({
  pointer: z.string(),
  message: z.string(),
  expected: z.string().optional(),
  received: z.string().optional(),
  line: z.number().int().optional().meta({ description: 'Of an uploaded file, counted from 1' }),
  column: z.string().optional().meta({ description: 'Of a dataset, by its name' }),
  layer: z.string().optional().meta({ description: 'Of a model, by its name' }),
});
export type ProblemError = z.infer<typeof problemErrorSchema>;

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.enum(PROBLEM_CODES),
    request_id: z.string(),
    errors: z.array(problemErrorSchema).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** Thrown anywhere below HTTP for an error that the client should see; turned into a response in one place. */
export class ProblemException extends Error {
  override readonly name = 'ProblemException';

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors?: readonly ProblemError[],
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** RFC 6901: the pointer to a value, from the path to it. */
export const jsonPointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
