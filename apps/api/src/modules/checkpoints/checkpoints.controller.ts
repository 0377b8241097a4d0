import {
  type Checkpoint,
  checkpointPageSchema,
  jobIdSchema,
  type Page,
  type PageQuery,
  pageQuerySchema,
} from '@epochal/contracts';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProjectId } from '../../http/caller.js';
import { Operation } from '../../http/operation.js';
import { CheckpointsService } from './checkpoints.service.js';

@ApiTags('Checkpoints')
@Controller('v1/jobs')
export class CheckpointsController {
  constructor(private readonly checkpoints: CheckpointsService) {}

  @Get(':job_id/checkpoints')
  @Operation({
    id: 'listCheckpoints',
    summary: 'List the checkpoints of a job',
    answer: { status: 200, description: 'Checkpoints, the newest first', schema: checkpointPageSchema },
    problems: ['not_found', 'invalid_request'],
  })
  list(
    @ProjectId() projectId: string,
    @Param('job_id', { schema: jobIdSchema }) jobId: string,
    @Query({ schema: pageQuerySchema }) page: PageQuery,
  ): Promise<Page<Checkpoint>> {
    return this.checkpoints.list(projectId, jobId, page);
  }
}
