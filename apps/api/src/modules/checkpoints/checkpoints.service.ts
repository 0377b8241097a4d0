import type { Checkpoint, Page, PageQuery } from '@epochal/contracts';
import { Injectable } from '@nestjs/common';
import { Links } from '../../http/links.js';
import { toPage } from '../../http/pagination.js';
import { noSuch } from '../../http/problems.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { checkpointView } from './checkpoints.view.js';

@Injectable()
export class CheckpointsService {
  constructor(
    private readonly checkpoints: CheckpointsRepository,
    private readonly links: Links,
  ) {}

  async list(projectId: string, jobId: string, page: PageQuery): Promise<Page<Checkpoint>> {
    if (!(await this.checkpoints.jobExists(projectId, jobId))) throw noSuch('job', jobId);
    const rows = await this.checkpoints.list(jobId, page);
    return toPage(rows, page, (row) => checkpointView(row, this.links));
  }
}
