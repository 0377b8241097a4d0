import { ProblemException } from '@epochal/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../http/caller.js';
import { digestOf, isSecret } from './key-secret.js';
import { KeysRepository, type KeyRow } from './keys.repository.js';

const LAST_USED_RESOLUTION_MS = 60_000;

/** Tells whose request it is, from its Authorization header. */
@Injectable()
export class Authenticator {
  constructor(private readonly keys: KeysRepository) {}

  /** @throws ProblemException `unauthorized` */
  async authenticate(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined) {
      throw unauthorized('Send a key in the header "Authorization: Bearer ek_…".');
    }
    const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (secret === undefined || !isSecret(secret)) {
      throw unauthorized('The Authorization header has another form than "Bearer ek_…" with the whole key.');
    }
    const key = await this.keys.findByDigest(digestOf(secret));
    if (!key) throw unauthorized('There is no such key; it may have been deleted.');
    await this.#noteUse(key);
    return { keyId: key.id, projectId: key.projectId };
  }

  /** To the minute: a key that is used all the time does not write all the time. */
  async #noteUse({ id, lastUsedAt }: KeyRow): Promise<void> {
    const now = new Date();
    if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < LAST_USED_RESOLUTION_MS) return;
    await this.keys.touch(id, now);
  }
}

const unauthorized = (detail: string): ProblemException => new ProblemException('unauthorized', detail);
