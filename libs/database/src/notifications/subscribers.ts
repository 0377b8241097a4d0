/** One call of `listen`. */
export interface Subscriber {
  /** Resolves once the database confirmed that the channel is listened to. */
  readonly confirmed: Promise<void>;
  readonly confirm: () => void;
  readonly reject: (reason: Error) => void;
  readonly handler: (payload: string) => void;
  readonly onReconnect: () => void;
  isConfirmed: boolean;
}

/** Who listens to which channel. A handler that throws harms neither the others nor the connection. */
export class Subscribers {
  private readonly byChannel = new Map<string, Set<Subscriber>>();

  constructor(private readonly onError: (error: Error) => void) {}

  channels(): string[] {
    return [...this.byChannel.keys()];
  }

  add(channel: string, handler: (payload: string) => void, onReconnect: () => void): Subscriber {
    const { promise, resolve, reject } = promiseWithResolvers();
    const subscriber: Subscriber = {
      confirmed: promise,
      confirm: () => {
        subscriber.isConfirmed = true;
        resolve();
      },
      reject,
      handler,
      onReconnect,
      isConfirmed: false,
    };
    this.byChannel.set(channel, (this.byChannel.get(channel) ?? new Set()).add(subscriber));
    return subscriber;
  }

  /** @returns whether nobody listens to the channel any more */
  remove(channel: string, subscriber: Subscriber): boolean {
    const subscribers = this.byChannel.get(channel);
    const removed = subscribers?.delete(subscriber) ?? false;
    if (subscribers?.size !== 0) return false;
    this.byChannel.delete(channel);
    return removed;
  }

  deliver(channel: string, payload: string): void {
    for (const { handler } of this.of(channel)) this.shield(() => handler(payload));
  }

  /** A new connection listens to `channel`: confirms who waited for it, and tells the others to catch up. */
  resume(channel: string): void {
    for (const subscriber of this.of(channel)) {
      if (subscriber.isConfirmed) this.shield(subscriber.onReconnect);
      else subscriber.confirm();
    }
  }

  rejectUnconfirmed(reason: Error): void {
    for (const subscriber of this.channels().flatMap((channel) => this.of(channel))) {
      if (!subscriber.isConfirmed) subscriber.reject(reason);
    }
  }

  private of(channel: string): Subscriber[] {
    return [...(this.byChannel.get(channel) ?? [])];
  }

  private shield(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function promiseWithResolvers() {
  let resolve!: () => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
