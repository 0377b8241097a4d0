import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SigningConfiguration } from './configuration.js';

/**
 * The key that signs links to objects. When the operator gave none, it is read from its file, and made there at the
 * first call; processes that start together end up with the same one.
 */
export async function readSigningSecret(signing: SigningConfiguration): Promise<string> {
  if ('secret' in signing) return signing.secret;
  return (await readIfPresent(signing.file)) ?? (await createSecret(signing.file));
}

async function createSecret(file: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true });
  try {
    // A link appears whole or not at all, and fails when another process was first.
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(file, 'utf8');
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
