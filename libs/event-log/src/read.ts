import { type Event, type EventType, eventId } from '@epochal/contracts';
import type { Sql } from './sql.js';

export interface EventRange {
  /** Only events with a greater sequence number. */
  readonly after: number;
  readonly types?: readonly EventType[];
  readonly limit: number;
}

interface EventRow {
  seq: number;
  attempt: number;
  type: EventType;
  at: Date;
  data: unknown;
}

const READ = `
SELECT seq, attempt, type, at, data FROM job_events
WHERE job_id = $1 AND seq > $2 AND ($3::text[] IS NULL OR type = ANY($3))
ORDER BY seq LIMIT $4`;

/** Events of a job in order of their sequence numbers. */
export async function readEvents(sql: Sql, jobId: string, range: EventRange): Promise<Event[]> {
  const types = range.types ? [...range.types] : null;
  const rows = await sql.$queryRawUnsafe<EventRow[]>(READ, jobId, range.after, types, range.limit);
  return rows.map(
    (row) => ({ id: eventId(jobId, row.seq), job_id: jobId, ...row, at: row.at.toISOString() }) as Event,
  );
}
