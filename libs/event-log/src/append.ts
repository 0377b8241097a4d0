import { type EventDraft, HELD_STATUSES } from '@epochal/contracts';
import { StaleAttemptError } from './errors.js';
import { EVENTS_CHANNEL } from './channel.js';
import type { Sql } from './sql.js';

/** An event draft and when it happened. */
export interface TimedDraft {
  readonly at: Date;
  readonly event: EventDraft;
}

/**
 * Numbers the job's row and writes the events in one statement: the row's lock makes sequence numbers gapless, and the
 * attempt number makes a worker that lost the job fail instead of writing.
 */
const APPEND = `
WITH job AS (
  UPDATE jobs SET last_seq = last_seq + jsonb_array_length($3::jsonb)
  WHERE id = $1 AND attempt = $2 AND status = ANY($4::job_status[])
  RETURNING last_seq
), draft AS (
  SELECT value, ordinality FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY
), written AS (
  INSERT INTO job_events (job_id, seq, attempt, type, at, data)
  SELECT $1, job.last_seq - jsonb_array_length($3::jsonb) + draft.ordinality, $2,
         draft.value->>'type', (draft.value->>'at')::timestamptz, draft.value->'data'
  FROM job, draft
)
SELECT last_seq, pg_notify('${EVENTS_CHANNEL}', $1 || ':' || last_seq)::text FROM job`;

/**
 * Appends events of a held job, in order.
 *
 * @returns the sequence number of the last one
 * @throws StaleAttemptError when the job is no longer held by this attempt
 */
export async function appendEvents(
  sql: Sql,
  jobId: string,
  attempt: number,
  drafts: readonly TimedDraft[],
): Promise<number> {
  const events = drafts.map(({ at, event }) => ({ at: at.toISOString(), ...event }));
  const rows = await sql.$queryRawUnsafe<{ last_seq: number }[]>(
    APPEND,
    jobId,
    attempt,
    JSON.stringify(events),
    [...HELD_STATUSES],
  );
  const row = rows[0];
  if (row === undefined) throw new StaleAttemptError(jobId, attempt);
  return row.last_seq;
}
