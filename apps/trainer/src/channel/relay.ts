import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { MessagePort } from 'node:worker_threads';

/** What the main thread passes on to the training thread, as it came. */
export type Relayed = { readonly signal: 'SIGTERM' | 'SIGINT' } | { readonly line: string };

/** Passes signals on. */
export const relaySignals = (port: MessagePort): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => port.postMessage({ signal } satisfies Relayed));
};

/**
 * Passes the lines of a descriptor on.
 * @param whenClosed called when its other end is closed: whoever spoke is gone
 */
export const relayLines = (descriptor: number, port: MessagePort, whenClosed: () => void): void => {
  const socket = new Socket({ fd: descriptor, readable: true, writable: false });
  socket.on('error', whenClosed);
  createInterface({ input: socket })
    .on('line', (line) => port.postMessage({ line } satisfies Relayed))
    .on('close', whenClosed);
};
