import type { Failure, JobStatus } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { changeStatus } from '@epochal/event-log';

/** A job that this worker holds: every later write carries the attempt number, and is refused once it is stale. */
export interface ClaimedJob {
  readonly jobId: string;
  readonly attempt: number;
}

const CLAIM = `
UPDATE jobs SET attempt = attempt + 1, worker_id = $2, lease_until = now() + make_interval(secs => $3)
WHERE id = $1 AND status = 'queued' AND available_at <= now()
RETURNING attempt`;

const RENEW = `
UPDATE jobs SET lease_until = now() + make_interval(secs => $3)
WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL
RETURNING status::text`;

/** Takes a queued job. @returns `null` when another worker was first, or when the job is no longer queued */
export function claimJob(
  database: Database,
  jobId: string,
  { workerId, leaseSeconds }: { workerId: string; leaseSeconds: number },
): Promise<ClaimedJob | null> {
  return database.$transaction(async (transaction) => {
    const rows = await transaction.$queryRawUnsafe<{ attempt: number }[]>(
      CLAIM,
      jobId,
      workerId,
      leaseSeconds,
    );
    const attempt = rows[0]?.attempt;
    if (attempt === undefined) return null;
    await changeStatus(transaction, { jobId, to: 'starting', attempt });
    return { jobId, attempt };
  });
}

/** @returns the job's status, or `null` when the job is no longer held by this attempt */
export async function renewLease(
  database: Database,
  { jobId, attempt }: ClaimedJob,
  leaseSeconds: number,
): Promise<JobStatus | null> {
  const rows = await database.$queryRawUnsafe<{ status: JobStatus }[]>(RENEW, jobId, attempt, leaseSeconds);
  return rows[0]?.status ?? null;
}

const RETRY_DELAY_SECONDS = { first: 1, longest: 60 };

/** Doubles with each failed attempt, so that a job that fails at once does not keep a worker busy. */
export const retryDelaySeconds = (failedAttempts: number): number =>
  Math.min(RETRY_DELAY_SECONDS.longest, RETRY_DELAY_SECONDS.first * 2 ** (failedAttempts - 1));

const COUNT_FAILURE = `
UPDATE jobs SET failed_attempts = failed_attempts + 1
WHERE id = $1 AND attempt = $2 AND lease_until IS NOT NULL AND lease_until < $3
RETURNING failed_attempts, max_attempts`;

const NO_MATTER_THE_LEASE = new Date('9999-12-31');

/** What became of a job whose attempt failed. */
export type AfterFailure = { outcome: 'queued'; delaySeconds: number } | { outcome: 'ended' };

/**
 * Ends an attempt that failed for no fault of the user: the job is queued again, or fails when its attempts are used up. A
 * job that was being cancelled or paused ends as it was told to.
 *
 * @param leaseBefore only when the lease ends before this time: whoever takes a job from another checks that it has expired
 */
export function endFailedAttempt(
  database: Database,
  { jobId, attempt }: ClaimedJob,
  failure: Failure,
  leaseBefore: Date = NO_MATTER_THE_LEASE,
): Promise<AfterFailure> {
  return database.$transaction(async (transaction) => {
    const rows = await transaction.$queryRawUnsafe<{ failed_attempts: number; max_attempts: number }[]>(
      COUNT_FAILURE,
      jobId,
      attempt,
      leaseBefore,
    );
    const counts = rows[0];
    if (counts === undefined) return { outcome: 'ended' };
    const change = (to: JobStatus, from: readonly JobStatus[]) =>
      changeStatus(transaction, { jobId, attempt, to, from, reason: failure });
    if (await change('cancelled', ['cancelling'])) return { outcome: 'ended' };
    if (await change('paused', ['pausing'])) return { outcome: 'ended' };
    if (counts.failed_attempts >= counts.max_attempts) {
      await change('failed', ['starting', 'running']);
      return { outcome: 'ended' };
    }
    await change('queued', ['starting', 'running']);
    const delaySeconds = retryDelaySeconds(counts.failed_attempts);
    await transaction.job.update({
      where: { id: jobId },
      data: { availableAt: new Date(Date.now() + delaySeconds * 1000) },
    });
    return { outcome: 'queued', delaySeconds };
  });
}
