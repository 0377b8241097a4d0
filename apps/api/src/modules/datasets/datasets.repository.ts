import { type PageQuery, TERMINAL_STATUSES } from '@epochal/contracts';
import { type Database, inTransaction, type Prisma, type Transaction } from '@epochal/database';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import { newestFirst } from '../../http/pagination.js';

export type DatasetRow = Prisma.DatasetGetPayload<object>;

export type Deletion = { readonly dataset: DatasetRow } | { readonly usedBy: string } | null;

@Injectable()
export class DatasetsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  insert(transaction: Transaction, dataset: Prisma.DatasetUncheckedCreateInput): Promise<DatasetRow> {
    return transaction.dataset.create({ data: dataset });
  }

  find(projectId: string, id: string): Promise<DatasetRow | null> {
    return this.database.dataset.findFirst({ where: { id, projectId, deletedAt: null } });
  }

  list(projectId: string, page: PageQuery): Promise<DatasetRow[]> {
    return this.database.dataset.findMany(newestFirst(page, { projectId, deletedAt: null }));
  }

  /** The dataset, which cannot be deleted before the transaction ends. */
  async lockForUse(transaction: Transaction, projectId: string, id: string): Promise<DatasetRow | null> {
    await transaction.$queryRaw`SELECT id FROM datasets WHERE id = ${id} FOR SHARE`;
    return transaction.dataset.findFirst({ where: { id, projectId, deletedAt: null } });
  }

  /** Marks a dataset as deleted, unless a job that has not ended uses it. */
  markDeleted(projectId: string, id: string): Promise<Deletion> {
    return inTransaction(this.database, async (transaction) => {
      await transaction.$queryRaw`SELECT id FROM datasets WHERE id = ${id} FOR UPDATE`;
      const dataset = await transaction.dataset.findFirst({ where: { id, projectId, deletedAt: null } });
      if (!dataset) return null;
      const user = await transaction.job.findFirst({
        where: { datasetId: id, status: { notIn: TERMINAL_STATUSES } },
        select: { id: true },
      });
      if (user) return { usedBy: user.id };
      await transaction.dataset.update({ where: { id }, data: { deletedAt: new Date() } });
      return { dataset };
    });
  }

  async unmarkDeleted(id: string): Promise<void> {
    await this.database.dataset.update({ where: { id }, data: { deletedAt: null } });
  }
}
