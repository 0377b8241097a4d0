import {
  type CreateDatasetQuery,
  createDatasetQuerySchema,
  type Dataset,
  datasetIdSchema,
  datasetPageSchema,
  datasetSchema,
  type Page,
  type PageQuery,
  pageQuerySchema,
} from '@epochal/contracts';
import { Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ProjectId } from '../../http/caller.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { Claim, IDEMPOTENCY_PROBLEMS, Idempotent } from '../../http/idempotency/idempotent.js';
import { Operation } from '../../http/operation.js';
import { DatasetsService } from './datasets.service.js';
import { UPLOAD_BODY } from './upload-body.js';

@ApiTags('Datasets')
@Controller('v1/datasets')
export class DatasetsController {
  constructor(private readonly datasets: DatasetsService) {}

  @Post()
  @Idempotent({ streamed: true })
  @Operation({
    id: 'createDataset',
    summary: 'Upload a dataset',
    description: 'The answer has a profile of every column. Nothing is kept of a file that cannot be read.',
    requestBody: UPLOAD_BODY,
    answer: { status: 201, description: 'The dataset', schema: datasetSchema },
    problems: [
      ...IDEMPOTENCY_PROBLEMS,
      'invalid_dataset',
      'payload_too_large',
      'unsupported_media_type',
      'upload_incomplete',
      'storage_unavailable',
      'storage_full',
    ],
  })
  create(
    @ProjectId() projectId: string,
    @Query({ schema: createDatasetQuerySchema }) query: CreateDatasetQuery,
    @Claim() claim: IdempotencyClaim | undefined,
    @Req() request: FastifyRequest,
  ): Promise<Dataset> {
    return this.datasets.create(projectId, query, request, claim);
  }

  @Get()
  @Operation({
    id: 'listDatasets',
    summary: 'List datasets',
    answer: { status: 200, description: 'Datasets, the newest first', schema: datasetPageSchema },
    problems: ['invalid_request'],
  })
  list(
    @ProjectId() projectId: string,
    @Query({ schema: pageQuerySchema }) page: PageQuery,
  ): Promise<Page<Dataset>> {
    return this.datasets.list(projectId, page);
  }

  @Get(':dataset_id')
  @Operation({
    id: 'getDataset',
    summary: 'Get a dataset',
    answer: { status: 200, description: 'The dataset', schema: datasetSchema },
    problems: ['not_found'],
  })
  get(
    @ProjectId() projectId: string,
    @Param('dataset_id', { schema: datasetIdSchema }) id: string,
  ): Promise<Dataset> {
    return this.datasets.get(projectId, id);
  }

  @Delete(':dataset_id')
  @Operation({
    id: 'deleteDataset',
    summary: 'Delete a dataset',
    description: 'Its rows are removed from the object store. Jobs that were trained on it stay.',
    answer: { status: 204, description: 'The dataset is deleted' },
    problems: ['not_found', 'dataset_in_use', 'storage_unavailable'],
  })
  async delete(
    @ProjectId() projectId: string,
    @Param('dataset_id', { schema: datasetIdSchema }) id: string,
  ): Promise<void> {
    await this.datasets.delete(projectId, id);
  }
}
