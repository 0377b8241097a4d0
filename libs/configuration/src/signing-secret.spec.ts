import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSigningSecret } from './signing-secret.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'epochal-secret-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('callers that start together agree on one secret, and it lasts', async () => {
  const file = path.join(directory, 'data', 'signing-secret');
  const secrets = await Promise.all(Array.from({ length: 20 }, () => readSigningSecret({ file })));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toHaveLength(43);
  expect(await readSigningSecret({ file })).toBe(secrets[0]);
});

test('only its owner can read the file', async () => {
  const file = path.join(directory, 'signing-secret');
  await readSigningSecret({ file });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("the operator's own secret is used as it is", async () => {
  expect(await readSigningSecret({ secret: 's'.repeat(32) })).toBe('s'.repeat(32));
});
