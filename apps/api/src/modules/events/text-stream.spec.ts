import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { TextStream } from './text-stream.js';

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

describe('a stream of text', () => {
  it('has all that its source yields', async () => {
    const stream = new TextStream(async function* () {
      yield 'a';
      yield 'b';
    });
    expect(await text(stream)).toBe('ab');
  });

  it('takes no more from its source than its buffer holds while nobody reads', async () => {
    let yielded = 0;
    const stream = new TextStream(async function* () {
      for (;;) {
        yielded += 1;
        yield 'x'.repeat(1_000);
      }
    });
    stream.read(0);
    await once(stream, 'readable');
    const full = yielded;
    expect(full).toBeLessThan(30);
    stream.read(0);
    await new Promise(setImmediate);
    expect(yielded).toBe(full);
    stream.destroy();
  });

  it('closes at once when it is destroyed while its source waits, and wakes the source', async () => {
    let ended: () => void = () => undefined;
    const sourceEnded = new Promise<void>((resolve) => (ended = resolve));
    const stream = new TextStream(async function* (signal) {
      yield 'first';
      await aborted(signal);
      ended();
    });
    await once(stream.setEncoding('utf8'), 'readable');
    expect(stream.read()).toBe('first');
    stream.read();
    stream.destroy();
    await once(stream, 'close');
    await sourceEnded;
  });

  it('ends as its source would when it is told to end', async () => {
    const stream = new TextStream(async function* (signal) {
      yield 'first';
      await aborted(signal);
    });
    const whole = text(stream);
    stream.end();
    expect(await whole).toBe('first');
  });

  it('fails with the error of its source', async () => {
    const stream = new TextStream(async function* () {
      yield 'first';
      throw new Error('broken');
    });
    await expect(text(stream)).rejects.toThrow('broken');
  });
});
