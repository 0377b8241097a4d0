import { type PageQuery, TERMINAL_STATUSES } from '@epochal/contracts';
import { type Database, inTransaction, type Prisma, type Transaction } from '@epochal/database';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import { newestFirst } from '../../http/pagination.js';

const WITH_LATEST_VERSION = {
  versions: { orderBy: { id: 'desc' }, take: 1, select: { id: true } },
} satisfies Prisma.ModelInclude;

export type ModelRow = Prisma.ModelGetPayload<{ include: typeof WITH_LATEST_VERSION }>;
export type VersionRow = Prisma.ModelVersionGetPayload<object>;

@Injectable()
export class ModelsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  insert(transaction: Transaction, model: Prisma.ModelUncheckedCreateInput): Promise<ModelRow> {
    return transaction.model.create({ data: model, include: WITH_LATEST_VERSION });
  }

  find(projectId: string, id: string): Promise<ModelRow | null> {
    return this.database.model.findFirst({
      where: { id, projectId, deletedAt: null },
      include: WITH_LATEST_VERSION,
    });
  }

  list(projectId: string, page: PageQuery): Promise<ModelRow[]> {
    const query = newestFirst<Prisma.ModelWhereInput>(page, { projectId, deletedAt: null });
    return this.database.model.findMany({ ...query, include: WITH_LATEST_VERSION });
  }

  listVersions(modelId: string, page: PageQuery): Promise<VersionRow[]> {
    return this.database.modelVersion.findMany(newestFirst(page, { modelId }));
  }

  async hasVersion(modelId: string, versionId: string): Promise<boolean> {
    return (await this.database.modelVersion.count({ where: { id: versionId, modelId } })) > 0;
  }

  /** The model, which cannot be deleted before the transaction ends. */
  async lockForUse(transaction: Transaction, projectId: string, id: string): Promise<ModelRow | null> {
    await transaction.$queryRaw`SELECT id FROM models WHERE id = ${id} FOR SHARE`;
    return transaction.model.findFirst({
      where: { id, projectId, deletedAt: null },
      include: WITH_LATEST_VERSION,
    });
  }

  /** @returns the job that still trains the model, which then stays; `null` when there is no such model */
  markDeleted(projectId: string, id: string): Promise<'deleted' | { usedBy: string } | null> {
    return inTransaction(this.database, async (transaction) => {
      await transaction.$queryRaw`SELECT id FROM models WHERE id = ${id} FOR UPDATE`;
      const where = { id, projectId, deletedAt: null };
      if ((await transaction.model.count({ where })) === 0) return null;
      const user = await transaction.job.findFirst({
        where: { modelId: id, status: { notIn: TERMINAL_STATUSES } },
        select: { id: true },
      });
      if (user) return { usedBy: user.id };
      await transaction.model.update({ where: { id }, data: { deletedAt: new Date() } });
      return 'deleted';
    });
  }
}
