import { ProblemException, type ProblemError } from '@epochal/contracts';
import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import type { core } from 'zod';
import { structureErrors } from './json-structure.js';
import { nothingHere } from './problems.js';
import { validationErrors } from './validation-errors.js';

/**
 * Validates bodies, queries and path parameters by the schema at their decorator. Errors of a body are JSON pointers into
 * it, those of a query stand below `/query`. An id of the wrong form is one that does not exist.
 */
@Injectable()
export class RequestValidationPipe extends StandardSchemaValidationPipe {
  override async transform<Value>(value: Value, { schema, type }: ArgumentMetadata): Promise<Value> {
    if (!schema || type === 'custom') return value;
    const root = type === 'query' ? '/query' : '';
    const malformed = structureErrors(value, root);
    if (malformed.length > 0) throw invalid(type, malformed);
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value as Value;
    const errors = validationErrors(result.issues as readonly core.$ZodIssue[], value, root);
    throw type === 'param' ? nothingHere() : invalid(type, errors);
  }
}

function invalid(part: ArgumentMetadata['type'], errors: readonly ProblemError[]): ProblemException {
  if (part === 'param') return nothingHere();
  const count = errors.length === 1 ? 'one error, listed' : `${errors.length} errors, all listed`;
  return new ProblemException('invalid_request', `The ${part} is not valid: ${count} in "errors".`, errors);
}
