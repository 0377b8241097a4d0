import { EVENTS_CHANNEL } from './channel.js';

/** What the tail needs of a connection that LISTENs, such as the database library's NotificationListener. */
export interface Notifications {
  listen(
    channel: string,
    handler: (payload: string) => void,
    options: { readonly onReconnect: () => void },
  ): Promise<unknown>;
}

type Wake = () => void;

/**
 * Wakes the readers of a job when it has new events. It carries no events itself: a reader reads the log from where it is,
 * so a lost or doubled wake-up can neither lose nor double an event. One tail, and one connection, serves a whole process.
 */
export class EventTail {
  readonly #wakers = new Map<string, Set<Wake>>();

  async start(notifications: Notifications): Promise<void> {
    await notifications.listen(
      EVENTS_CHANNEL,
      (payload) => this.#wake(payload.slice(0, payload.indexOf(':'))),
      // What was notified while the connection was away is not told again.
      { onReconnect: () => this.#wakeAll() },
    );
  }

  /** Calls `wake` after each append to the job's log. @returns the function that ends it */
  subscribe(jobId: string, wake: Wake): () => void {
    const wakers = this.#wakers.get(jobId) ?? new Set();
    this.#wakers.set(jobId, wakers.add(wake));
    return () => {
      wakers.delete(wake);
      if (wakers.size === 0) this.#wakers.delete(jobId);
    };
  }

  /** How many readers are subscribed, for metrics and tests. */
  get subscribers(): number {
    return [...this.#wakers.values()].reduce((sum, wakers) => sum + wakers.size, 0);
  }

  #wake(jobId: string): void {
    this.#wakers.get(jobId)?.forEach((wake) => wake());
  }

  #wakeAll(): void {
    this.#wakers.forEach((wakers) => wakers.forEach((wake) => wake()));
  }
}
