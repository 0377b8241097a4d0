import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Event, isTerminal } from '@epochal/contracts';
import { EpochalClient } from '@epochal/client';
import { EventTail } from '@epochal/event-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { log, Rows } from './rows.js';
import { startService, type TestService } from './service.js';

let service: TestService;
let rows: Rows;
let url: string;
let tail: EventTail;

beforeAll(async () => {
  service = await startService();
  await service.app.listen(0, '127.0.0.1');
  url = await service.app.getUrl();
  rows = await Rows.of(service.database);
  tail = service.app.get(EventTail);
});
afterAll(() => service.close());

const open = (jobId: string, query = '', headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${url}/v1/jobs/${jobId}/events${query}`, {
    headers: { authorization: `Bearer ${service.key}`, accept: 'text/event-stream', ...headers },
    ...(signal ? { signal } : {}),
  });

/** Events of a stream as they arrive. */
async function* eventsOf(response: Response): AsyncGenerator<Event> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const data = /^data: (.*)$/m.exec(message)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Event;
    }
  }
}

async function collect(events: AsyncIterable<Event>, until: (event: Event) => boolean = () => false) {
  const seen: Event[] = [];
  for await (const event of events) {
    seen.push(event);
    if (until(event)) break;
  }
  return seen;
}

const seqsOf = (events: readonly Event[]) => events.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const isEnd = (event: Event) => event.type === 'job_status' && isTerminal(event.data.status);

async function runningJob(): Promise<string> {
  const jobId = await rows.job();
  await rows.move(jobId, 'starting', 'running');
  return jobId;
}

async function endedJob(): Promise<string> {
  const jobId = await runningJob();
  await rows.append(jobId, [log('one'), log('two\nlines')]);
  await rows.move(jobId, 'succeeded');
  return jobId;
}

describe('the stream of an ended job', () => {
  it('has every event, byte for byte in the format of server-sent events, and ends', async () => {
    const jobId = await endedJob();
    const { body } = await service.request('get', `/v1/jobs/${jobId}/events`);
    const text = await (await open(jobId)).text();
    const expected = body.data.map(
      (event: Event) => `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
    );
    expect(text).toBe(`retry: 1000\n\n${expected.join('')}`);
    expect(expected).toHaveLength(6);
  });

  it('goes past caches and buffers', async () => {
    const { headers } = await open(await endedJob());
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });

  it('goes on behind Last-Event-ID, which goes before ?after=', async () => {
    const jobId = await endedJob();
    expect(seqsOf(await collect(eventsOf(await open(jobId, '?after=4'))))).toEqual([5, 6]);
    expect(seqsOf(await collect(eventsOf(await open(jobId, '', { 'last-event-id': '3' }))))).toEqual([
      4, 5, 6,
    ]);
    expect(seqsOf(await collect(eventsOf(await open(jobId, '?after=1', { 'last-event-id': '5' }))))).toEqual([
      6,
    ]);
  });

  it('is 204 for a client that has everything, so that a browser does not reconnect', async () => {
    const jobId = await endedJob();
    expect((await open(jobId, '?after=6')).status).toBe(204);
    expect((await open(jobId, '?after=5&types=log')).status).toBe(204);
    expect((await open(jobId, '', { 'last-event-id': '6' })).status).toBe(204);
  });

  it('has only the types that are asked for, and ends all the same', async () => {
    const events = await collect(eventsOf(await open(await endedJob(), '?types=log')));
    expect(events.map(({ type }) => type)).toEqual(['log', 'log']);
  });

  it('is refused behind an event that the job does not have, and for an id that is no seq', async () => {
    const jobId = await endedJob();
    for (const [query, id, pointer] of [
      ['?after=7', '', '/query/after'],
      ['', 'abc', '/header/last-event-id'],
    ] as const) {
      const response = await open(jobId, query, id === '' ? {} : { 'last-event-id': id });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
    }
  });

  it('answers HEAD without a stream', async () => {
    const response = await fetch(`${url}/v1/jobs/${await runningJob()}/events`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${service.key}`, accept: 'text/event-stream' },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await expect.poll(() => tail.subscribers).toBe(0);
  });
});

describe('the stream of a running job', () => {
  it('sends its headers at once, replays, goes on with the live events and ends with the job', async () => {
    const jobId = await runningJob();
    const events = eventsOf(await open(jobId));
    const replayed = await collect(events, ({ seq }) => seq === 3).then(seqsOf);
    expect(replayed).toEqual([1, 2, 3]);
    const live = collect(eventsOf(await open(jobId, '?after=3')));
    await rows.append(jobId, [log('live')]);
    await rows.move(jobId, 'cancelling', 'cancelled');
    expect((await live).map(({ type }) => type)).toEqual(['log', 'job_status', 'job_status']);
  });

  it('loses and doubles nothing for clients that come, go and resume while events are written', async () => {
    const jobId = await runningJob();
    const total = 600;
    const reader = async (pause: number): Promise<number[]> => {
      const seen: number[] = [];
      for (;;) {
        const response = await open(jobId, `?after=${seen.at(-1) ?? 0}`);
        if (response.status === 204) return seen;
        // Leaves after so many events, wherever the stream is then.
        const leave = (seen.at(-1) ?? 0) + pause;
        const part = await collect(eventsOf(response), (event) => event.seq >= leave || isEnd(event));
        seen.push(...seqsOf(part));
      }
    };
    const readers = [1_000, 97, 41, 7].map(reader);
    for (let written = 3; written < total - 1; written += 4) {
      await rows.append(jobId, [log('a'), log('b'), log('c'), log('d')]);
    }
    await rows.move(jobId, 'succeeded');
    const last = (await service.database.job.findUniqueOrThrow({ where: { id: jobId } })).lastSeq;
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(upTo(last));
    await expect.poll(() => tail.subscribers).toBe(0);
  });

  it('misses nothing when the connection for notifications is lost', async () => {
    const jobId = await runningJob();
    const seen = collect(eventsOf(await open(jobId)));
    await expect.poll(() => tail.subscribers).toBe(1);
    await service.database.$queryRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'epochal notifications' AND datname = current_database()`;
    await rows.append(jobId, [log('while away')]);
    await rows.move(jobId, 'failed');
    expect(seqsOf(await seen)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is followed by the typed client to its end', async () => {
    const jobId = await runningJob();
    const client = new EpochalClient({ baseUrl: url, apiKey: service.key });
    const seen = collect(client.jobs.events(jobId));
    await rows.append(jobId, [log('one')]);
    await rows.move(jobId, 'succeeded');
    expect(seqsOf(await seen)).toEqual([1, 2, 3, 4, 5]);
  });

  it('ends with the client: nothing is left open', async () => {
    const jobId = await runningJob();
    const leaving = new AbortController();
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => open(jobId, '', {}, leaving.signal)),
    );
    await expect.poll(() => tail.subscribers).toBe(10);
    leaving.abort();
    await Promise.allSettled(responses.map((response) => response.text()));
    await expect.poll(() => tail.subscribers).toBe(0);
  });
});

describe('a client that does not read', () => {
  it('keeps the service from reading on, and gets everything once it does', async () => {
    const jobId = await runningJob();
    const message = 'x'.repeat(20_000);
    const total = 2_000;
    for (let count = 0; count < total; count += 100) {
      await rows.append(
        jobId,
        Array.from({ length: 100 }, () => log(message)),
      );
    }
    await rows.move(jobId, 'succeeded');
    const serverSide = once(service.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    client.write(
      `GET /v1/jobs/${jobId}/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/event-stream\r\n` +
        `Authorization: Bearer ${service.key}\r\n\r\n`,
    );
    client.pause();
    const [socket] = await serverSide;
    // Steady: as full as the buffers of the system get.
    let before = -1;
    await expect
      .poll(
        () => {
          const isSteady = socket.bytesWritten > 0 && socket.bytesWritten === before;
          before = socket.bytesWritten;
          return isSteady;
        },
        { interval: 300, timeout: 20_000 },
      )
      .toBe(true);
    expect(socket.bytesWritten).toBeLessThan(0.5 * total * message.length);
    expect(socket.writableLength).toBeLessThan(2_000_000);
    let text = '';
    for await (const chunk of client) text += String(chunk);
    expect(Array.from(text.matchAll(/^id: (\d+)$/gm), ([, seq]) => Number(seq))).toEqual(upTo(total + 4));
  });
});

describe('when the service stops', () => {
  it('ends its streams cleanly and is gone within five seconds', async () => {
    const stopping = await startService();
    await stopping.app.listen(0, '127.0.0.1');
    const ownRows = await Rows.of(stopping.database);
    const jobId = await ownRows.job();
    const response = await fetch(`${await stopping.app.getUrl()}/v1/jobs/${jobId}/events`, {
      headers: { authorization: `Bearer ${stopping.key}`, accept: 'text/event-stream' },
    });
    const events = eventsOf(response);
    expect((await events.next()).value).toMatchObject({ seq: 1 });
    const began = Date.now();
    const end = events.next();
    await stopping.close();
    expect(await end).toEqual({ done: true, value: undefined });
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});
