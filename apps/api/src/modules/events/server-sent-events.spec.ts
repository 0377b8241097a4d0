import type { Event } from '@epochal/contracts';
import { describe, expect, it } from 'vitest';
import { formatEvent, serverSentEvents } from './server-sent-events.js';

const event: Event = {
  id: 'evt_1_7',
  job_id: `job_${'0'.repeat(26)}`,
  attempt: 1,
  seq: 7,
  type: 'log',
  at: '2026-01-01T00:00:00.000Z',
  data: { level: 'info', message: 'two\nlines' },
};

describe('an event', () => {
  it('is one line of data, whatever line breaks it holds', () => {
    expect(formatEvent(event)).toBe(`id: 7\nevent: log\ndata: ${JSON.stringify(event)}\n\n`);
    expect(formatEvent(event).split('\n')).toHaveLength(5);
  });
});

describe('a stream', () => {
  it('sends a comment whenever it has been quiet for long, and loses no event over it', async () => {
    let release: (event: Event) => void = () => undefined;
    const released = new Promise<Event>((resolve) => (release = resolve));
    async function* source() {
      yield await released;
    }
    const stream = serverSentEvents(source(), { heartbeatMs: 5 });
    expect((await stream.next()).value).toBe('retry: 1000\n\n');
    expect((await stream.next()).value).toBe(': still here\n\n');
    expect((await stream.next()).value).toBe(': still here\n\n');
    release(event);
    const rest: string[] = [];
    for await (const text of stream) rest.push(text);
    expect(rest.filter((text) => !text.startsWith(':'))).toEqual([formatEvent(event)]);
  });

  it('ends its source when it is given up', async () => {
    let ended = false;
    async function* source() {
      try {
        for (;;) yield event;
      } finally {
        ended = true;
      }
    }
    const stream = serverSentEvents(source());
    await stream.next();
    await stream.next();
    await stream.return();
    expect(ended).toBe(true);
  });
});
