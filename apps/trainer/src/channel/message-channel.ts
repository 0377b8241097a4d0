import { writeSync } from 'node:fs';
import { TRAINER_MESSAGE_FD, type EventDraft, type TrainerMessage } from '@epochal/contracts';
import { isInherited } from './inherited.js';

/** Nobody reads the messages any more: the worker is gone, and there is nothing left to train for. */
export class WorkerGoneError extends Error {
  override readonly name = 'WorkerGoneError';
}

const STDOUT_FD = 1;
const RETRY_MILLISECONDS = 2;
const pause = new Int32Array(new SharedArrayBuffer(4));
const errorCode = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : null;

/**
 * Says what happens, one JSON object a line. A message is handed to the system before `send` returns, so none is lost
 * should the process die; a reader that is slow slows training down.
 */
export class MessageChannel {
  constructor(private readonly descriptor: number) {}

  /** The worker's descriptor, or standard output when the trainer is run by hand. */
  static open(): MessageChannel {
    return new MessageChannel(isInherited(TRAINER_MESSAGE_FD) ? TRAINER_MESSAGE_FD : STDOUT_FD);
  }

  /** Whether a worker listens, rather than a person. */
  get hasWorker(): boolean {
    return this.descriptor === TRAINER_MESSAGE_FD;
  }

  /** @throws WorkerGoneError when nobody reads. */
  send(message: TrainerMessage): void {
    const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
    for (let sent = 0; sent < bytes.length;) sent += this.#write(bytes.subarray(sent));
  }

  /** Sends an event with the time at which it happened. */
  sendEvent(event: EventDraft): void {
    this.send({ type: 'event', at: new Date().toISOString(), event });
  }

  #write(bytes: Buffer): number {
    try {
      return writeSync(this.descriptor, bytes);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EPIPE' || code === 'ECONNRESET')
        throw new WorkerGoneError('nobody reads the messages', { cause: error });
      if (code !== 'EAGAIN') throw error;
      // The reader's buffer is full and the descriptor does not block: wait, and try again.
      Atomics.wait(pause, 0, 0, RETRY_MILLISECONDS);
      return 0;
    }
  }
}
