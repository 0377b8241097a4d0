import { InvalidObjectKeyError } from './errors.js';

const ALLOWED = /^[A-Za-z0-9/_.-]+$/;
const KEY_LIMIT = 900;
/** File systems allow 255 bytes a name; the file system adapter adds a version to it. */
const SEGMENT_LIMIT = 200;

/**
 * Keys hold only letters, digits and `/_.-`, because S3 servers differ in how they escape the rest. Neither may a key be a
 * folder of another (`a` and `a/b`), because servers that store files refuse the second: see `objectKeys`.
 *
 * @throws InvalidObjectKeyError
 */
export function assertObjectKey(key: string): void {
  const problem = problemOf(key);
  if (problem !== undefined) throw new InvalidObjectKeyError(key, problem);
}

/**
 * A prefix names a folder, so it ends with a slash: `jobs/job_1/` and never `jobs/job_1`, which would reach `jobs/job_12` too.
 * The empty prefix stands for the whole store.
 *
 * @throws InvalidObjectKeyError
 */
export function assertPrefix(prefix: string): void {
  if (prefix === '') return;
  if (!prefix.endsWith('/')) throw new InvalidObjectKeyError(prefix, 'is not a prefix: it must end with /');
  assertObjectKey(prefix.slice(0, -1));
}

function problemOf(key: string): string | undefined {
  if (!ALLOWED.test(key)) return 'must consist of letters, digits and the characters / _ . -';
  if (key.length > KEY_LIMIT) return `must not be longer than ${KEY_LIMIT} characters`;
  for (const segment of key.split('/')) {
    if (segment === '') return 'must not start or end with / or hold //';
    if (segment === '.' || segment === '..') return `must not hold the segment ${segment}`;
    if (segment.length > SEGMENT_LIMIT)
      return `must not hold a segment longer than ${SEGMENT_LIMIT} characters`;
  }
  return undefined;
}
