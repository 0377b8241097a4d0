import type { describeApi } from '@epochal/api';
import type { Method } from './service.js';

type Document = Awaited<ReturnType<typeof describeApi>>;

/** An operation of the OpenAPI document, as far as tests look at it. */
export interface DocumentedOperation {
  readonly method: Method;
  /** With parameters in braces. */
  readonly address: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, { description: string; content?: Record<string, unknown> }>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export function documentedOperations(document: Document): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([address, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ ...operation, method, address } as unknown as DocumentedOperation] : [];
    }),
  );
}
