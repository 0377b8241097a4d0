import {
  type CreatedKey,
  type CreateKey,
  type Key,
  type Page,
  type PageQuery,
  ProblemException,
} from '@epochal/contracts';
import { type Database, inTransaction } from '@epochal/database';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { noSuch } from '../../http/problems.js';
import { toPage } from '../../http/pagination.js';
import { newId } from '../../identifiers.js';
import { digestOf, newSecret, prefixOf } from './key-secret.js';
import { KeysRepository } from './keys.repository.js';
import { createdKeyView, keyView } from './keys.view.js';

@Injectable()
export class KeysService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly keys: KeysRepository,
  ) {}

  create(projectId: string, { name }: CreateKey, claim?: IdempotencyClaim): Promise<CreatedKey> {
    const secret = newSecret();
    const key = { id: newId('key'), projectId, name, prefix: prefixOf(secret), digest: digestOf(secret) };
    return inTransaction(this.database, async (transaction) => {
      const answer = createdKeyView(await this.keys.insert(transaction, key), secret);
      await claim?.record(transaction, answer);
      return answer;
    });
  }

  async list(projectId: string, page: PageQuery): Promise<Page<Key>> {
    return toPage(await this.keys.list(projectId, page), page, keyView);
  }

  async delete(projectId: string, id: string): Promise<void> {
    const outcome = await this.keys.delete(projectId, id);
    if (outcome === null) throw noSuch('key', id);
    if (outcome === 'last') {
      throw new ProblemException(
        'conflict',
        'This is the only key of the project: without it, nobody could reach the project. Create another key first.',
      );
    }
  }
}
