import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Database, inTransaction, type Transaction } from '@epochal/database';
import { newId } from '../../identifiers.js';
import { digestOf, newSecret, prefixOf } from './key-secret.js';

const FIRST_KEY_LOCK = 725_310_420;

export interface FirstKeyOptions {
  /** The key is written here too, for its owner only, before it counts: it cannot be lost between the two. */
  readonly file?: string;
}

/**
 * Makes the project `default` and its first key when there is no key at all. Of processes that start together, one does.
 *
 * @returns the key, this once; `null` when there are keys
 */
export function ensureFirstKey(database: Database, { file }: FirstKeyOptions = {}): Promise<string | null> {
  return inTransaction(database, async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_KEY_LOCK})`;
    if ((await transaction.apiKey.findFirst({ select: { id: true } })) !== null) return null;
    const secret = newSecret();
    const name = 'first key';
    const projectId = await defaultProject(transaction);
    await transaction.apiKey.create({
      data: { id: newId('key'), projectId, name, prefix: prefixOf(secret), digest: digestOf(secret) },
    });
    if (file !== undefined) await writeSecret(file, secret);
    return secret;
  });
}

async function defaultProject(transaction: Transaction): Promise<string> {
  const existing = await transaction.project.findFirst({ orderBy: { id: 'asc' }, select: { id: true } });
  if (existing) return existing.id;
  const { id } = await transaction.project.create({ data: { id: newId('project'), name: 'default' } });
  return id;
}

/** Through a file of its own: nobody ever reads half a key, nor one that others may read. */
async function writeSecret(file: string, secret: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
  await rename(draft, file);
}
