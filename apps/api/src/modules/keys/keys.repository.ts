import type { PageQuery } from '@epochal/contracts';
import { type Database, inTransaction, type Prisma, type Transaction } from '@epochal/database';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import { newestFirst } from '../../http/pagination.js';

export type KeyRow = Prisma.ApiKeyGetPayload<object>;

@Injectable()
export class KeysRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  insert(transaction: Transaction, key: Prisma.ApiKeyUncheckedCreateInput): Promise<KeyRow> {
    return transaction.apiKey.create({ data: key });
  }

  list(projectId: string, page: PageQuery): Promise<KeyRow[]> {
    return this.database.apiKey.findMany(newestFirst(page, { projectId }));
  }

  /** @returns `last` when it is the only key of the project, which then stays; `null` when there is none of this id */
  delete(projectId: string, id: string): Promise<'deleted' | 'last' | null> {
    return inTransaction(this.database, async (transaction) => {
      await lockProject(transaction, projectId);
      const keys = await transaction.apiKey.findMany({ where: { projectId }, select: { id: true }, take: 2 });
      const isOnly = keys.length === 1 && keys[0]?.id === id;
      if (isOnly) return 'last';
      const { count } = await transaction.apiKey.deleteMany({ where: { projectId, id } });
      return count === 1 ? 'deleted' : null;
    });
  }

  findByDigest(digest: string): Promise<KeyRow | null> {
    return this.database.apiKey.findUnique({ where: { digest } });
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.database.apiKey.updateMany({ where: { id }, data: { lastUsedAt: at } });
  }
}

/** Of two keys that are deleted at the same time, the second sees that it is the last. */
async function lockProject(transaction: Transaction, projectId: string): Promise<void> {
  await transaction.$queryRaw`SELECT id FROM projects WHERE id = ${projectId} FOR UPDATE`;
}
