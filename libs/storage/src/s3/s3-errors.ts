import { S3Error } from 'minio';
import { StorageFullError, StorageUnavailableError, type UnavailableReason } from '../errors.js';
import { ServerStatusError, ServerTimeoutError } from './transport.js';

/** S3 error codes of servers that have no room: S3's own, MinIO's, versitygw's. */
const FULL = new Set([
  'StorageFull',
  'XMinioStorageFull',
  'InsufficientStorage',
  'QuotaExceeded',
  'XMinioAdminBucketQuotaExceeded',
]);

/** S3's own, and versitygw's for an unknown access key. */
const CREDENTIALS = new Set([
  'XAdminUserNotFound',
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthorizationHeaderMalformed',
  'RequestTimeTooSkewed',
  'ExpiredToken',
  'AllAccessDisabled',
  'AccountProblem',
]);

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The error code of S3, Node or OpenSSL that an error carries. */
export function s3ErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Turns an error of the client or of the network into one of the port; leaves every other error as it is. */
export function translateS3Error(error: unknown, endpoint: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = s3ErrorCode(error) ?? '';
  if (FULL.has(code) || (error instanceof ServerStatusError && error.status === 507)) {
    return new StorageFullError(`the object store at ${endpoint} is full (${code})`, { cause: error });
  }
  const reason = reasonOf(error, code);
  if (reason === undefined) return error;
  const detail = [code, error.message].filter((part) => part !== '').join(': ');
  return new StorageUnavailableError(reason, `${EXPLANATIONS[reason]}: ${endpoint} (${detail})`, {
    cause: error,
  });
}

const EXPLANATIONS: Readonly<Record<UnavailableReason, string>> = {
  unreachable: 'the object store cannot be reached',
  timeout: 'the object store does not answer',
  busy: 'the object store cannot serve the request now',
  credentials: 'the object store refuses the credentials',
  bucket: 'the bucket does not exist in the object store',
  permission: 'the object store does not allow the request',
  other: 'the object store cannot be used',
};

function reasonOf(error: Error, code: string): UnavailableReason | undefined {
  if (error instanceof ServerTimeoutError) return error.phase === 'connect' ? 'unreachable' : 'timeout';
  if (error instanceof ServerStatusError) return 'busy';
  if (NETWORK.has(code)) return 'unreachable';
  if (CREDENTIALS.has(code)) return 'credentials';
  if (code === 'NoSuchBucket') return 'bucket';
  if (code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_') || code.includes('CERT')) return 'other';
  if (error instanceof S3Error && code === '') return 'other';
  return undefined;
}

/** Whether the same request may succeed a moment later. A server that was silent for long is not asked again. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof StorageUnavailableError && (error.reason === 'unreachable' || error.reason === 'busy')
  );
}
