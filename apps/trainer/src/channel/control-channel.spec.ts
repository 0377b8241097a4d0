import { describe, expect, it } from 'vitest';
import { ControlRequests } from './control-channel.js';

describe('ControlRequests', () => {
  it('lets what the user wants outrank what the machine needs', () => {
    const requests = new ControlRequests();
    const causes = (['terminate', 'pause', 'terminate', 'cancel', 'pause'] as const).map((cause) => {
      requests.take({ type: 'stop', cause });
      return requests.stop;
    });
    expect(causes).toEqual(['terminate', 'pause', 'pause', 'cancel', 'cancel']);
  });

  it('gives each request for a checkpoint once', () => {
    const requests = new ControlRequests();
    requests.take({ type: 'checkpoint' });
    expect([requests.takeCheckpoint(), requests.takeCheckpoint()]).toEqual([true, false]);
  });
});
