import { type Event, type EventType, isTerminal } from '@epochal/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { type ClientOptions, EpochalError, request } from './request.js';

export interface EventStreamOptions {
  /** Only events with a greater seq. */
  readonly after?: number;
  readonly types?: readonly EventType[];
  readonly signal?: AbortSignal;
}

const RECONNECT_DELAY_MS = { first: 200, longest: 5_000 };

/**
 * The events of a job from `after` to its last one. A connection that breaks is opened again behind the last event that was
 * received, for as long as the signal does not abort, so nothing is missed or seen twice.
 *
 * @throws EpochalError when the service refuses the stream
 */
export async function* streamEvents(
  options: ClientOptions,
  jobId: string,
  { after = 0, types, signal }: EventStreamOptions = {},
): AsyncGenerator<Event> {
  let position = after;
  let delay: number = RECONNECT_DELAY_MS.first;
  while (!signal?.aborted) {
    try {
      const response = await request(options, 'GET', `/v1/jobs/${jobId}/events`, {
        headers: { accept: 'text/event-stream' },
        query: { after: position, types: types?.join(',') },
        signal,
      });
      // The job has ended and everything was received.
      if (response.status === 204 || response.body === null) return;
      for await (const event of parse(response.body)) {
        delay = RECONNECT_DELAY_MS.first;
        position = event.seq;
        yield event;
        if (event.type === 'job_status' && isTerminal(event.data.status)) return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof EpochalError && error.status < 500) throw error;
    }
    await pause(delay, signal);
    delay = Math.min(delay * 2, RECONNECT_DELAY_MS.longest);
  }
}

async function* parse(body: ReadableStream<Uint8Array>): AsyncGenerator<Event> {
  const messages = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream());
  const reader = messages.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield JSON.parse(value.data) as Event;
    }
  } finally {
    await reader.cancel();
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
