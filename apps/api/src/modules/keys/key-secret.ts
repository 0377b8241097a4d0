import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'ek_';
const PATTERN = /^ek_[A-Za-z0-9_-]{43}$/;
const SHOWN_CHARACTERS = 9;

/** A new API key: 256 random bits. */
export const newSecret = (): string => PREFIX + randomBytes(32).toString('base64url');

/** What is stored of a key. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** What is shown of a key, to tell keys apart. */
export const prefixOf = (secret: string): string => secret.slice(0, SHOWN_CHARACTERS);

export const isSecret = (text: string): boolean => PATTERN.test(text);
