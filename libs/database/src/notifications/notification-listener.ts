import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { channelIdentifier } from './channel.js';
import { endOfConnection } from './end-of-connection.js';
import { Subscribers, type Subscriber } from './subscribers.js';

export interface NotificationListenerOptions {
  /** Is told of lost connections, failed attempts to connect, and handlers that throw. Default: nobody. */
  readonly onError?: (error: Error) => void;
  /** A connection that is silent is asked this often whether it lives, in milliseconds. Default: 15 s. */
  readonly pingMilliseconds?: number;
}

export interface SubscriptionOptions {
  /** Is called when a lost connection is back and listens again: read now what notifications were missed. */
  readonly onReconnect?: () => void;
}

/** Ends a subscription. */
export type Unsubscribe = () => Promise<void>;

const firstRetryMilliseconds = 100;
const lastRetryMilliseconds = 5_000;
const farewellMilliseconds = 1_000;

/**
 * Listens to Postgres's notifications on a connection of its own, which can't be one of a pool, nor go through a pooler
 * in transaction mode. A lost connection is made anew until {@link close} is called, and listens to the same channels.
 */
export class NotificationListener {
  private readonly subscribers: Subscribers;
  private readonly onError: (error: Error) => void;
  private readonly pingMilliseconds: number;
  private readonly closing = new AbortController();
  private running: Promise<void> | undefined;
  private client: pg.Client | undefined;

  /** @param url of the database; nothing is connected before the first {@link listen} */
  constructor(
    private readonly url: string,
    { onError = () => undefined, pingMilliseconds = 15_000 }: NotificationListenerOptions = {},
  ) {
    this.onError = onError;
    this.pingMilliseconds = pingMilliseconds;
    this.subscribers = new Subscribers(onError);
  }

  /**
   * Calls `handler` with the payload of each notification that is sent on `channel` once the returned promise has
   * resolved. While the database can't be reached, the promise waits.
   */
  async listen(
    channel: string,
    handler: (payload: string) => void,
    { onReconnect = () => undefined }: SubscriptionOptions = {},
  ): Promise<Unsubscribe> {
    this.closing.signal.throwIfAborted();
    const sql = `LISTEN ${channelIdentifier(channel)}`;
    const subscriber = this.subscribers.add(channel, handler, onReconnect);
    this.running ??= this.run();
    // When this fails, the connection is lost, and the next one listens to every channel.
    this.client?.query(sql).then(subscriber.confirm, () => undefined);
    await subscriber.confirmed;
    return () => this.unsubscribe(channel, subscriber);
  }

  /** Closes the connection and ends all subscriptions; calls of {@link listen} that still wait are rejected. */
  async close(): Promise<void> {
    const reason = new Error('The notification listener was closed');
    this.closing.abort(reason);
    this.subscribers.rejectUnconfirmed(reason);
    await this.running;
  }

  private async unsubscribe(channel: string, subscriber: Subscriber): Promise<void> {
    const wasLast = this.subscribers.remove(channel, subscriber);
    if (!wasLast) return;
    // When this fails, the connection is lost, and the next one does not listen to this channel.
    await this.client?.query(`UNLISTEN ${channelIdentifier(channel)}`).catch(() => undefined);
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.closing.signal.aborted; failures += 1) {
      const client = new pg.Client({
        connectionString: this.url,
        application_name: 'epochal notifications',
        connectionTimeoutMillis: 10_000,
        query_timeout: this.pingMilliseconds,
      });
      const connection = new AbortController();
      const signal = AbortSignal.any([this.closing.signal, connection.signal]);
      const end = endOfConnection(client, this.pingMilliseconds, signal);
      try {
        await Promise.race([client.connect(), end]);
        if (!this.closing.signal.aborted) await this.resume(client);
        failures = 0;
        await end;
      } catch (error) {
        this.report(error);
      } finally {
        this.client = undefined;
        connection.abort();
        // A peer that vanished never answers the farewell.
        await Promise.race([client.end(), delay(farewellMilliseconds, undefined, { ref: false })]);
      }
      await this.pauseBeforeRetry(failures);
    }
  }

  private async resume(client: pg.Client): Promise<void> {
    client.on('notification', ({ channel, payload }) => this.subscribers.deliver(channel, payload ?? ''));
    this.client = client;
    const channels = this.subscribers.channels();
    await client.query(channels.map((channel) => `LISTEN ${channelIdentifier(channel)}`).join('; '));
    // Only now that every channel is heard again may readers catch up, so that none misses what another one sends.
    for (const channel of channels) this.subscribers.resume(channel);
  }

  private report(error: unknown): void {
    this.onError(error instanceof Error ? error : new Error(String(error)));
  }

  private async pauseBeforeRetry(failures: number): Promise<void> {
    const longest = Math.min(firstRetryMilliseconds * 2 ** failures, lastRetryMilliseconds);
    // Spread out, so that not every process comes back at the same moment.
    const milliseconds = longest * (0.5 + Math.random() / 2);
    await delay(milliseconds, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}
