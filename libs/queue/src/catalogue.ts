import { jobIdSchema } from '@epochal/contracts';
import { z } from 'zod';
import { InvalidPayloadError } from './errors.js';

/** How one kind of work travels through the queue. */
export interface QueuedJob {
  /** Only ids: the truth about the work is in Postgres. */
  readonly payload: z.ZodType;
  /** How often a handler that throws is called in all. */
  readonly attempts: number;
  /** Wait before the second attempt, doubled before each further one. */
  readonly backoffMilliseconds: number;
}

/** Everything that can be queued. Each entry is a BullMQ queue of that name. */
export const catalogue = {
  /**
   * Train a job. The handler's own failures end up in the job's row; it throws only when it could not get that far, as
   * when Postgres is away. Past the last attempt, the reconciler queues the job again.
   */
  train: {
    payload: z.strictObject({ job_id: jobIdSchema }),
    attempts: 3,
    backoffMilliseconds: 1_000,
  },
} satisfies Record<string, QueuedJob>;

export type JobName = keyof typeof catalogue;
export const jobNames = Object.keys(catalogue) as JobName[];
export type Payload<Name extends JobName> = z.output<(typeof catalogue)[Name]['payload']>;

/** @throws {InvalidPayloadError} when `data` is not a payload of that job */
export function parsePayload<Name extends JobName>(name: Name, data: unknown): Payload<Name> {
  const result = catalogue[name].payload.safeParse(data);
  if (!result.success) throw new InvalidPayloadError(name, result.error.issues);
  // TypeScript does not relate the entry of a generic name to the type of its payload.
  return result.data as Payload<Name>;
}
