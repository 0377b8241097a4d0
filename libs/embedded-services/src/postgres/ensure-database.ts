import pg from 'pg';

const duplicateDatabase = '42P04';
const uniqueViolation = '23505';

/**
 * Creates the database `name` on a server unless it is there, and returns the URL that connects to it.
 *
 * @param url of any database on the server, for a user that may create databases
 */
export async function ensureDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // Somebody else created it since we looked.
    const lostRace =
      error instanceof pg.DatabaseError && [duplicateDatabase, uniqueViolation].includes(error.code ?? '');
    if (!lostRace) throw error;
  } finally {
    await client.end();
  }
  return urlOfDatabase(url, name);
}

/** The same connection URL with another database. */
export function urlOfDatabase(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = `/${encodeURIComponent(name)}`;
  return result.href;
}
