import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { controlMessageSchema, TRAINER_CONTROL_FD, type ControlMessage } from '@epochal/contracts';
import { isInherited, type MessageChannel } from './message-channel.js';

type StopCause = Extract<ControlMessage, { type: 'stop' }>['cause'];

/** What the user wants outranks what the machine needs, and the end of a job outranks its pause. */
const RANKS: Readonly<Record<StopCause, number>> = { terminate: 1, pause: 2, cancel: 3 };

/** What the trainer was told to do and has not done yet. It is asked between two native calls. */
export class ControlRequests {
  #stop: StopCause | null = null;
  #checkpoint = false;
  #workerGone = false;

  take(message: ControlMessage): void {
    if (message.type === 'checkpoint') this.#checkpoint = true;
    else if (this.#stop === null || RANKS[message.cause] > RANKS[this.#stop]) this.#stop = message.cause;
  }

  loseWorker(): void {
    this.#workerGone = true;
  }

  get stop(): StopCause | null {
    return this.#stop;
  }

  get workerGone(): boolean {
    return this.#workerGone;
  }

  /** Whether a checkpoint was asked for since the last call. */
  takeCheckpoint(): boolean {
    const wanted = this.#checkpoint;
    this.#checkpoint = false;
    return wanted;
  }
}

const parse = (line: string): ControlMessage | null => {
  try {
    return controlMessageSchema.parse(JSON.parse(line));
  } catch (error) {
    console.error(`ignored a control message: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
};

/**
 * Listens to the worker and to SIGTERM. When the worker's end of the channel closes, the worker is gone.
 * Run by hand there is no worker, and only signals count; Ctrl-C cancels.
 */
export const listenForControl = (messages: MessageChannel): ControlRequests => {
  const requests = new ControlRequests();
  process.on('SIGTERM', () => requests.take({ type: 'stop', cause: 'terminate' }));
  // A terminal sends Ctrl-C to the worker too, and then it is the worker that decides.
  process.on('SIGINT', () => {
    if (!messages.hasWorker) requests.take({ type: 'stop', cause: 'cancel' });
  });
  if (!messages.hasWorker || !isInherited(TRAINER_CONTROL_FD)) return requests;
  const stats = fstatSync(TRAINER_CONTROL_FD);
  if (!stats.isSocket() && !stats.isFIFO()) return requests;
  const socket = new Socket({ fd: TRAINER_CONTROL_FD, readable: true, writable: false });
  socket.on('error', () => requests.loseWorker());
  createInterface({ input: socket })
    .on('line', (line) => {
      const message = parse(line);
      if (message !== null) requests.take(message);
    })
    .on('close', () => requests.loseWorker());
  socket.unref();
  return requests;
};
