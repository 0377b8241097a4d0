import type { PageQuery } from '@epochal/contracts';
import type { Database, Prisma } from '@epochal/database';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import { newestFirst } from '../../http/pagination.js';

export type CheckpointRow = Prisma.CheckpointGetPayload<object>;

@Injectable()
export class CheckpointsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async jobExists(projectId: string, jobId: string): Promise<boolean> {
    return (await this.database.job.count({ where: { id: jobId, projectId } })) > 0;
  }

  list(jobId: string, page: PageQuery): Promise<CheckpointRow[]> {
    return this.database.checkpoint.findMany(newestFirst(page, { jobId }));
  }
}
