import type pg from 'pg';

/**
 * Waits for the end of a connection: resolves when `signal` aborts, rejects when the connection is lost or, asked
 * every `pingMilliseconds`, gives no answer in time, as when the peer vanished without a word.
 *
 * @param client with a `query_timeout`, which is how long a ping may take
 */
export function endOfConnection(
  client: pg.Client,
  pingMilliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  let release = (): void => undefined;
  const end = new Promise<void>((resolve, reject) => {
    const abort = () => resolve();
    const ping = setInterval(() => void client.query('SELECT 1').catch(reject), pingMilliseconds);
    signal.addEventListener('abort', abort);
    client.on('error', reject);
    client.once('end', () => reject(new Error('The connection for notifications was closed')));
    release = () => {
      clearInterval(ping);
      signal.removeEventListener('abort', abort);
    };
    if (signal.aborted) resolve();
  });
  return end.finally(release);
}
