import type { Event } from '@epochal/contracts';

export interface ServerSentEventsOptions {
  /** After so long without an event, a comment is sent: it keeps proxies from closing the connection. */
  readonly heartbeatMs: number;
}

export const HEARTBEAT_MS = 15_000;
const RETRY_MS = 1_000;
const HEARTBEAT = Symbol('heartbeat');

/**
 * Events in the format of server-sent events (HTML standard): `id` is the seq, `event` the type, `data` the whole event. The
 * first lines tell a browser when to reconnect, and have the headers sent at once.
 */
export async function* serverSentEvents(
  events: AsyncIterator<Event>,
  { heartbeatMs }: ServerSentEventsOptions = { heartbeatMs: HEARTBEAT_MS },
): AsyncGenerator<string, void> {
  try {
    yield `retry: ${RETRY_MS}\n\n`;
    let next = events.next();
    for (;;) {
      const result = await beforeHeartbeat(next, heartbeatMs);
      if (result === HEARTBEAT) {
        yield ': still here\n\n';
        continue;
      }
      if (result.done) return;
      yield formatEvent(result.value);
      next = events.next();
    }
  } finally {
    await events.return?.();
  }
}

/** JSON has no line breaks outside of its strings, where they are escaped: one line of data is enough. */
export const formatEvent = (event: Event): string =>
  `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

async function beforeHeartbeat<Result>(
  work: Promise<Result>,
  milliseconds: number,
): Promise<Result | typeof HEARTBEAT> {
  let timer: NodeJS.Timeout | undefined;
  const heartbeat = new Promise<typeof HEARTBEAT>((resolve) => {
    timer = setTimeout(() => resolve(HEARTBEAT), milliseconds);
  });
  try {
    return await Promise.race([work, heartbeat]);
  } finally {
    clearTimeout(timer);
  }
}
