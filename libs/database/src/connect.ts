import pg from 'pg';

/** No connection to the database could be made. The message names the server and the reason, not the password. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';

  constructor(url: string, cause: unknown) {
    super(`The database ${placeOf(url)} can't be reached: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Opens a single connection, for what does not go through the pool. The caller ends it.
 *
 * @throws {DatabaseUnreachableError}
 */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // A lost connection fails the query that runs, or the next.
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseUnreachableError(url, error);
  }
  return client;
}

function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'of a malformed URL';
  const { hostname, port, pathname } = new URL(url);
  return `${decodeURIComponent(pathname.slice(1))} at ${hostname || 'localhost'}:${port || 5432}`;
}

function reasonOf(error: unknown): string {
  // A host name with several addresses fails with one error for each.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
