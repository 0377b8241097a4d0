import { ProblemException } from '@epochal/contracts';
import { describeValue } from '../../http/described-value.js';

/**
 * Behind which event to go on. A browser that reconnects sends its first address again, with `Last-Event-ID` for where it is
 * now.
 *
 * @throws ProblemException `invalid_request` when the header is no seq
 */
export function positionOf(lastEventId: string | undefined, after: number | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return after ?? 0;
  if (/^\d{1,10}$/.test(lastEventId)) return Number(lastEventId);
  throw new ProblemException('invalid_request', 'The Last-Event-ID is not the seq of an event.', [
    {
      pointer: '/header/last-event-id',
      message: 'is not a seq',
      expected: 'a whole number',
      received: describeValue(lastEventId),
    },
  ]);
}

/** @throws ProblemException `invalid_request`: who asks for events behind the last one has another job's position */
export function assertReached(after: number, lastSeq: number): void {
  if (after <= lastSeq) return;
  throw new ProblemException(
    'invalid_request',
    `This job has no event ${after}: its last one is ${lastSeq}.`,
    [
      {
        pointer: '/query/after',
        message: "is greater than the seq of the job's last event",
        expected: `at most ${lastSeq}`,
        received: String(after),
      },
    ],
  );
}
