import type { z } from 'zod';

/** The queue's server can't be reached or did not answer in time. The job may or may not have been queued. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError';

  constructor(reason: string, options?: ErrorOptions) {
    super(`The job queue is not available: ${reason}`, options);
  }
}

/** A payload is not what the catalogue says for its job. */
export class InvalidPayloadError extends Error {
  override readonly name = 'InvalidPayloadError';

  constructor(
    readonly jobName: string,
    readonly issues: readonly z.core.$ZodIssue[],
  ) {
    const details = issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`);
    super(`The payload of a "${jobName}" job is not valid: ${details.join('; ')}`);
  }
}
