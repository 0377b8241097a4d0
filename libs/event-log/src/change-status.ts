import { type Failure, HELD_STATUSES, type JobStatus, isTerminal, statusesBefore } from '@epochal/contracts';
import { CONTROL_CHANNEL, EVENTS_CHANNEL } from './channel.js';
import type { Sql } from './sql.js';

/** A wished move of a job from whatever allowed status it has. */
export interface StatusChange {
  readonly jobId: string;
  readonly to: JobStatus;
  /** Only when this attempt holds the job; without it, whatever the attempt. */
  readonly attempt?: number;
  /** Only from these of the statuses that the table of moves allows. */
  readonly from?: readonly JobStatus[];
  /** Why, when the move is due to a failure. */
  readonly reason?: Failure;
}

export interface ChangedStatus {
  readonly previous: JobStatus;
  readonly attempt: number;
  readonly seq: number;
}

/**
 * Compare-and-set of the status, with its line in the history and its event, in one statement. `started_at` is set once,
 * `finished_at` with a terminal status; the lease ends when no worker holds the job any more.
 */
const CHANGE = `
WITH before AS (
  SELECT id, status FROM jobs
  WHERE id = $1 AND status = ANY($3::job_status[]) AND ($4::int IS NULL OR attempt = $4)
  FOR UPDATE
), job AS (
  UPDATE jobs SET
    status = $2::job_status,
    status_reason = COALESCE($5::jsonb, CASE WHEN $6 THEN NULL ELSE status_reason END),
    status_history = status_history || jsonb_build_array(jsonb_build_object(
      'status', $2::text, 'at', to_jsonb($9::text), 'attempt', attempt, 'reason', $5::jsonb->>'message')),
    last_seq = last_seq + 1,
    started_at = CASE WHEN $2 = 'running' THEN COALESCE(started_at, $9::timestamptz) ELSE started_at END,
    finished_at = CASE WHEN $7 THEN $9::timestamptz ELSE NULL END,
    lease_until = CASE WHEN $8 THEN lease_until ELSE NULL END,
    worker_id = CASE WHEN $8 THEN worker_id ELSE NULL END
  FROM before WHERE jobs.id = before.id
  RETURNING jobs.attempt, jobs.last_seq, before.status AS previous
), written AS (
  INSERT INTO job_events (job_id, seq, attempt, type, at, data)
  SELECT $1, last_seq, attempt, 'job_status', $9::timestamptz,
         jsonb_build_object('status', $2::text, 'previous', previous, 'reason', $5::jsonb)
  FROM job
)
SELECT previous::text, attempt, last_seq AS seq,
       pg_notify('${EVENTS_CHANNEL}', $1 || ':' || last_seq)::text,
       pg_notify('${CONTROL_CHANNEL}', $1)::text
FROM job`;

/**
 * Moves a job to another status if the table of moves allows it, writes the `job_status` event and wakes streams and the
 * worker that holds the job.
 *
 * @returns the status before, or `null` when the job was not in a status (or attempt) from which the move is allowed
 */
export async function changeStatus(sql: Sql, change: StatusChange): Promise<ChangedStatus | null> {
  const { to } = change;
  const allowed = statusesBefore(to);
  const from = change.from ? allowed.filter((status) => change.from?.includes(status)) : allowed;
  const rows = await sql.$queryRawUnsafe<ChangedStatus[]>(
    CHANGE,
    change.jobId,
    to,
    from,
    change.attempt ?? null,
    change.reason ? JSON.stringify(change.reason) : null,
    to === 'succeeded',
    isTerminal(to),
    (HELD_STATUSES as readonly JobStatus[]).includes(to),
    new Date().toISOString(),
  );
  return rows[0] ?? null;
}
