import type { Prisma } from '../generated/client.js';
import { channelIdentifier } from './channel.js';

const longestPayloadBytes = 7_999;

/**
 * Sends a notification to whoever listens on `channel`. Inside a transaction it is sent with the commit, or never.
 *
 * @param database a database or a transaction
 * @throws {RangeError} for a payload of 8000 bytes or more, which Postgres does not carry: send an id instead
 */
export async function notify(
  database: Pick<Prisma.TransactionClient, '$executeRaw'>,
  channel: string,
  payload: string,
): Promise<void> {
  channelIdentifier(channel);
  const bytes = Buffer.byteLength(payload);
  if (bytes > longestPayloadBytes) {
    throw new RangeError(`A notification carries up to ${longestPayloadBytes} bytes; this one has ${bytes}`);
  }
  await database.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
}
