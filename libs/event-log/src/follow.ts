import { type Event, type EventType, TERMINAL_STATUSES } from '@epochal/contracts';
import type { EventTail } from './event-tail.js';
import { readEvents } from './read.js';
import type { Sql } from './sql.js';

const PAGE = 200;

export interface FollowOptions {
  readonly after: number;
  readonly types?: readonly EventType[];
  readonly signal: AbortSignal;
}

/**
 * Replays a job's events and goes on with the live ones, without a gap or a double, until the job's last event or until the
 * signal aborts. It reads a page only when the consumer asks for more, so a slow consumer costs no memory.
 */
export async function* followEvents(
  sql: Sql,
  tail: EventTail,
  jobId: string,
  { after, types, signal }: FollowOptions,
): AsyncGenerator<Event> {
  let position = after;
  let wakes = 0;
  let resume: () => void = () => {};
  const wake = () => {
    wakes += 1;
    resume();
  };
  // Subscribed before the first read: an event written in between wakes us for another read.
  const unsubscribe = tail.subscribe(jobId, wake);
  signal.addEventListener('abort', wake);
  try {
    while (!signal.aborted) {
      const wakesBefore = wakes;
      const events = await readEvents(sql, jobId, { after: position, limit: PAGE });
      for (const event of events) {
        if (signal.aborted) return;
        position = event.seq;
        if (!types || types.includes(event.type)) yield event;
        if (isLast(event)) return;
      }
      if (events.length < PAGE && wakes === wakesBefore) {
        await new Promise<void>((resolve) => (resume = resolve));
      }
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', wake);
  }
}

/** Whether no event of the job can follow. */
export const isLast = (event: Event): boolean =>
  event.type === 'job_status' && TERMINAL_STATUSES.includes(event.data.status);
