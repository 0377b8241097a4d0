import type { Problem, ProblemCode, ProblemError } from '@epochal/contracts';

export interface ClientOptions {
  /** Such as http://localhost:8000. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch?: typeof fetch;
}

/** An error that the service answered, as problem+json (RFC 9457). */
export class EpochalError extends Error {
  override readonly name = 'EpochalError';
  readonly status: number;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors: readonly ProblemError[];

  constructor(readonly problem: Problem) {
    const errors = problem.errors ?? [];
    const lines = errors.map(({ pointer, message }) => `\n  ${pointer || '/'}: ${message}`);
    super(`${problem.detail}${lines.join('')}`);
    this.status = problem.status;
    this.code = problem.code;
    this.requestId = problem.request_id;
    this.errors = errors;
  }
}

/** The answer is none of the service's: something between is down or wrong. */
export class UnexpectedResponseError extends Error {
  override readonly name = 'UnexpectedResponseError';

  constructor(readonly response: Response) {
    super(`${response.url} answered ${response.status} ${response.statusText}`);
  }
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Sends one request. @throws EpochalError, UnexpectedResponseError, and what fetch throws when there is no connection */
export async function request(
  { baseUrl, apiKey, fetch: send = fetch }: ClientOptions,
  method: string,
  path: string,
  { query = {}, json, body, headers, signal }: RequestOptions = {},
): Promise<Response> {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const response = await send(url, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: json === undefined ? body : JSON.stringify(json),
    signal,
    // Streams as bodies need it (Fetch standard).
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);
  if (response.ok) return response;
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) {
    throw new EpochalError((await response.json()) as Problem);
  }
  throw new UnexpectedResponseError(response);
}
