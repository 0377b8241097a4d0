import {
  checkpointIdSchema,
  downloadCheckpointQuerySchema,
  downloadModelQuerySchema,
  jobIdSchema,
  modelIdSchema,
} from '@epochal/contracts';
import { Controller, Get, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ProjectId } from '../../http/caller.js';
import { Operation, type OperationOptions } from '../../http/operation.js';
import { DownloadsService } from './downloads.service.js';
import { FILE_CONTENT } from './file-content.js';

const FILE = {
  answer: {
    status: 200,
    description: 'The file, with a name that fits it',
    content: FILE_CONTENT,
    headers: { 'Content-Disposition': 'The name of the file' },
  },
  problems: ['not_found', 'invalid_request', 'storage_unavailable', 'storage_full'],
} as const satisfies Partial<OperationOptions>;

@Controller('v1')
export class DownloadsController {
  constructor(private readonly downloads: DownloadsService) {}

  @Get('models/:model_id/download')
  @ApiTags('Models')
  @Operation({
    id: 'downloadModel',
    summary: 'Download a trained model',
    description: 'The latest version, or the one that is named, as a file that Keras opens.',
    ...FILE,
  })
  model(
    @ProjectId() projectId: string,
    @Param('model_id', { schema: modelIdSchema }) id: string,
    @Query({ schema: downloadModelQuerySchema }) query: z.infer<typeof downloadModelQuerySchema>,
  ): Promise<StreamableFile> {
    return this.downloads.model(projectId, id, query);
  }

  @Get('jobs/:job_id/checkpoints/:checkpoint_id/download')
  @ApiTags('Checkpoints')
  @Operation({
    id: 'downloadCheckpoint',
    summary: 'Download the model as a checkpoint has it',
    ...FILE,
  })
  checkpoint(
    @ProjectId() projectId: string,
    @Param('job_id', { schema: jobIdSchema }) jobId: string,
    @Param('checkpoint_id', { schema: checkpointIdSchema }) id: string,
    @Query({ schema: downloadCheckpointQuerySchema }) query: z.infer<typeof downloadCheckpointQuerySchema>,
  ): Promise<StreamableFile> {
    return this.downloads.checkpoint(projectId, jobId, id, query.format);
  }
}
