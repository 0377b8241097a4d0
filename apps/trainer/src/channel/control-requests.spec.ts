import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { ControlRequests } from './control-requests.js';
import type { Relayed } from './relay.js';

const { port1, port2 } = new MessageChannel();
const tell = (relayed: Relayed): void => port1.postMessage(relayed);
const stop = (cause: string): Relayed => ({ line: JSON.stringify({ type: 'stop', cause }) });
afterEach(() => {
  port1.unref();
  port2.unref();
});

describe('ControlRequests', () => {
  it('lets what the user wants outrank what the machine needs', () => {
    const requests = new ControlRequests(port2, 'worker');
    const relayed = [
      { signal: 'SIGTERM' } as const,
      stop('pause'),
      stop('terminate'),
      stop('cancel'),
      stop('pause'),
    ];
    const causes = relayed.map((each) => {
      tell(each);
      return requests.stop;
    });
    expect(causes).toEqual(['terminate', 'pause', 'pause', 'cancel', 'cancel']);
  });

  it('gives each request for a checkpoint once', () => {
    const requests = new ControlRequests(port2, 'worker');
    tell({ line: '{"type":"checkpoint"}' });
    expect([requests.takeCheckpoint(), requests.takeCheckpoint()]).toEqual([true, false]);
  });

  it('cancels at Ctrl-C only when there is no worker to decide', () => {
    tell({ signal: 'SIGINT' });
    expect(new ControlRequests(port2, 'worker').stop).toBeNull();
    tell({ signal: 'SIGINT' });
    expect(new ControlRequests(port2, 'person').stop).toBe('cancel');
  });

  it('ignores what is no message', () => {
    tell({ line: 'stop!' });
    expect(new ControlRequests(port2, 'worker').stop).toBeNull();
  });
});
