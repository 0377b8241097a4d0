#!/usr/bin/env node
// Writes .env for docker-compose.yml: a random secret for each that is not in it yet.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './root.mjs';

const SECRETS = ['POSTGRES_PASSWORD', 'REDIS_PASSWORD', 'S3_SECRET_ACCESS_KEY'];

const file = path.join(ROOT, '.env');
const present = existsSync(file) ? await readFile(file, 'utf8') : '';
const missing = SECRETS.filter((name) => !new RegExp(`^${name}=.+`, 'm').test(present));
const separator = present === '' || present.endsWith('\n') ? '' : '\n';
// Hexadecimal, since they stand in URLs.
const lines = missing.map((name) => `${name}=${randomBytes(24).toString('hex')}\n`);
await appendFile(file, separator + lines.join(''), { mode: 0o600 });
console.log(missing.length === 0 ? `${file} has every secret.` : `Wrote ${missing.join(', ')} to ${file}.`);
