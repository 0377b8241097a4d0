import { controlMessageSchema, type ControlMessage } from '@epochal/contracts';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Relayed } from './relay.js';

type StopCause = Extract<ControlMessage, { type: 'stop' }>['cause'];

/** What the user wants outranks what the machine needs, and the end of a job outranks its pause. */
const RANKS: Readonly<Record<StopCause, number>> = { terminate: 1, pause: 2, cancel: 3 };

const parse = (line: string): ControlMessage | null => {
  try {
    return controlMessageSchema.parse(JSON.parse(line));
  } catch (error) {
    console.error(`ignored a control message: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
};

/** What the trainer was told to do and has not done yet. It is asked between two native calls. */
export class ControlRequests {
  #stop: StopCause | null = null;
  #checkpoint = false;

  /** @param commander who tells: a worker over the control channel, or a person with Ctrl-C */
  constructor(
    private readonly port: MessagePort,
    private readonly commander: 'worker' | 'person',
  ) {}

  /** Why training is to stop; null while it is not. */
  get stop(): StopCause | null {
    this.#receive();
    return this.#stop;
  }

  /** Whether a checkpoint was asked for since the last call. */
  takeCheckpoint(): boolean {
    this.#receive();
    const wanted = this.#checkpoint;
    this.#checkpoint = false;
    return wanted;
  }

  #receive(): void {
    for (
      let received = receiveMessageOnPort(this.port);
      received;
      received = receiveMessageOnPort(this.port)
    ) {
      const message = this.#read(received.message as Relayed);
      if (message !== null) this.#take(message);
    }
  }

  #read(relayed: Relayed): ControlMessage | null {
    if ('line' in relayed) return parse(relayed.line);
    if (relayed.signal === 'SIGTERM') return { type: 'stop', cause: 'terminate' };
    // A terminal sends Ctrl-C to the worker too, and then it is the worker that decides.
    return this.commander === 'person' ? { type: 'stop', cause: 'cancel' } : null;
  }

  #take(message: ControlMessage): void {
    if (message.type === 'checkpoint') this.#checkpoint = true;
    else if (this.#stop === null || RANKS[message.cause] > RANKS[this.#stop]) this.#stop = message.cause;
  }
}
