import { PROBLEMS, type Problem, type ProblemCode, ProblemException } from '@epochal/contracts';
import { StorageFullError, StorageUnavailableError } from '@epochal/storage';
import { HttpException } from '@nestjs/common';

/** The problem, as clients see it, that an error of any kind amounts to. Says nothing of what is unknown. */
export function problemOf(error: unknown): ProblemException {
  if (error instanceof ProblemException) return error;
  if (error instanceof StorageUnavailableError) {
    return new ProblemException(
      'storage_unavailable',
      'The object store cannot be reached; try again later.',
    );
  }
  if (error instanceof StorageFullError) {
    return new ProblemException('storage_full', 'There is no room left in the object store.');
  }
  const known = FRAMEWORK_ERRORS[codeOf(error)];
  if (known) return new ProblemException(...known);
  if (error instanceof HttpException && error.getStatus() < 500) {
    return new ProblemException(codeOfStatus(error.getStatus()), error.message);
  }
  return new ProblemException(
    'internal',
    'Something went wrong on our side. The log has it under the request id.',
  );
}

/** The body of the answer. */
export function problemBody(problem: ProblemException, requestId: string): Problem {
  const { code, detail, errors } = problem;
  const { status, title } = PROBLEMS[code];
  return {
    type: problemType(code),
    title,
    status,
    detail,
    code,
    request_id: requestId,
    ...(errors && errors.length > 0 ? { errors: [...errors] } : {}),
  };
}

/** RFC 9457's `type`: a name for the kind of problem that needs no host. */
export const problemType = (code: ProblemCode): string => `urn:epochal:problem:${code}`;

/** Errors of Fastify that are the client's doing. */
const FRAMEWORK_ERRORS: Readonly<Record<string, [ProblemCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'The Content-Type is not one that this operation takes.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body is larger than this operation takes.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'upload_incomplete',
    'The body has another size than its Content-Length says.',
  ],
  FST_ERR_BAD_URL: ['not_found', 'The path is not a valid one.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'There is nothing under this address.'],
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

function codeOfStatus(status: number): ProblemCode {
  if (status === 404) return 'not_found';
  if (status === 405) return 'method_not_allowed';
  if (status === 413) return 'payload_too_large';
  if (status === 415) return 'unsupported_media_type';
  return 'invalid_request';
}
