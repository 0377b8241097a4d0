#!/usr/bin/env node
// The main thread only listens: to signals, and to the worker. All else happens in a thread of its own, for two reasons.
// A native call of any length delays neither. And a signal must not interrupt TensorFlow: oneDNN's matrix products keep their scratch
// memory where the stack pointer is, and the frame of a signal handler would overwrite the heap. Signals go to the main thread.
import { MessageChannel, SHARE_ENV, Worker } from 'node:worker_threads';
import { relayLines, relaySignals } from './channel/relay.js';
import { EXIT_CODES } from './exit-codes.js';
import type { ThreadMessage, ThreadStart } from './training-thread.js';

const { port1: port, port2: control } = new MessageChannel();
relaySignals(port);
const thread = new Worker(new URL('./training-thread.js', import.meta.url), {
  // TensorFlow reads its settings from the environment of the process.
  env: SHARE_ENV,
  workerData: { args: process.argv.slice(2), control } satisfies ThreadStart,
  transferList: [control],
});
thread.on('message', ({ listenOn }: ThreadMessage) =>
  relayLines(listenOn, port, () => {
    console.error('the worker is gone');
    process.exit(EXIT_CODES.workerGone);
  }),
);
thread.on('error', (error) => {
  console.error(error);
  process.exitCode = EXIT_CODES.crashed;
});
thread.on('exit', (code) => process.exit(process.exitCode ?? code));
