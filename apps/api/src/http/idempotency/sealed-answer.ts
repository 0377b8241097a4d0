import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';

/** An answer that only who sent the request can read: encrypted under the API key, which is stored nowhere. */
export interface SealedAnswer {
  readonly salt: string;
  readonly iv: string;
  readonly tag: string;
  readonly ciphertext: string;
}

export function seal(answer: unknown, secret: string): SealedAnswer {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv(ALGORITHM, keyFrom(secret, salt), iv);
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  const [saltText, ivText, tag, text] = [salt, iv, cipher.getAuthTag(), ciphertext].map((bytes) =>
    bytes.toString('base64'),
  );
  return { salt: saltText!, iv: ivText!, tag: tag!, ciphertext: text! };
}

/** @throws Error when it was sealed under another secret */
export function unseal({ salt, iv, tag, ciphertext }: SealedAnswer, secret: string): unknown {
  const decipher = createDecipheriv(ALGORITHM, keyFrom(secret, bytesOf(salt)), bytesOf(iv));
  decipher.setAuthTag(bytesOf(tag));
  const text = Buffer.concat([decipher.update(bytesOf(ciphertext)), decipher.final()]).toString('utf8');
  return JSON.parse(text) as unknown;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');
const keyFrom = (secret: string, salt: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, 'epochal idempotent answer', 32));
