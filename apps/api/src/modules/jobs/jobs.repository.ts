import type { JobQuery, PageQuery } from '@epochal/contracts';
import { type Database, type Prisma, type Transaction } from '@epochal/database';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import { newestFirst } from '../../http/pagination.js';

export type JobRow = Prisma.JobGetPayload<object>;

/** A job that is queued now, at a time. */
export type NewJob = Omit<
  Prisma.JobUncheckedCreateInput,
  'status' | 'statusHistory' | 'lastSeq' | 'createdAt'
>;

const POSITIONS = `
SELECT id, position::int FROM (
  SELECT id, row_number() OVER (ORDER BY id) AS position FROM jobs WHERE status = 'queued'
) AS queue WHERE id = ANY($1)`;

@Injectable()
export class JobsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** The job's row with its first event. */
  async insert(transaction: Transaction, job: NewJob, at = new Date()): Promise<JobRow> {
    const history = [{ status: 'queued', at: at.toISOString(), attempt: 0, reason: null }];
    const row = await transaction.job.create({
      data: { ...job, createdAt: at, lastSeq: 1, statusHistory: history },
    });
    const data = { status: 'queued', previous: null, reason: null };
    await transaction.jobEvent.create({
      data: { jobId: row.id, seq: 1, attempt: 0, type: 'job_status', at, data },
    });
    return row;
  }

  find(projectId: string, id: string): Promise<JobRow | null> {
    return this.database.job.findFirst({ where: { id, projectId } });
  }

  list(projectId: string, query: JobQuery): Promise<JobRow[]> {
    const { status, model_id: modelId, dataset_id: datasetId } = query;
    const where = {
      projectId,
      ...(status ? { status } : {}),
      ...(modelId ? { modelId } : {}),
      ...(datasetId ? { datasetId } : {}),
    };
    return this.database.job.findMany(newestFirst<Prisma.JobWhereInput>(query satisfies PageQuery, where));
  }

  /** The places of queued jobs among all that are queued, from 1. */
  async queuePositions(
    rows: readonly JobRow[],
    sql: Pick<Transaction, '$queryRawUnsafe'> = this.database,
  ): Promise<ReadonlyMap<string, number>> {
    const ids = rows.filter(({ status }) => status === 'queued').map(({ id }) => id);
    if (ids.length === 0) return new Map();
    const found = await sql.$queryRawUnsafe<{ id: string; position: number }[]>(POSITIONS, ids);
    return new Map(found.map(({ id, position }) => [id, position]));
  }
}
