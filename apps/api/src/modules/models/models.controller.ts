import {
  type CreateModel,
  createModelSchema,
  type Model,
  modelIdSchema,
  modelPageSchema,
  modelSchema,
  type ModelVersion,
  modelVersionPageSchema,
  type Page,
  type PageQuery,
  pageQuerySchema,
} from '@epochal/contracts';
import { Body, Controller, Delete, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ProjectId } from '../../http/caller.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { Claim, IDEMPOTENCY_PROBLEMS, Idempotent } from '../../http/idempotency/idempotent.js';
import { JSON_BODY_PROBLEMS, Operation } from '../../http/operation.js';
import { ModelsService } from './models.service.js';
import { type Summary, summarySchema, summaryView } from './summary.view.js';

const TEXT = 'text/plain';

@ApiTags('Models')
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Post()
  @Idempotent()
  @Operation({
    id: 'createModel',
    summary: 'Create a model from its definition',
    description:
      'Keras 3, Keras 2 and TensorFlow.js are read. Everything that is wrong is listed by JSON pointers.',
    answer: { status: 201, description: 'The model', schema: modelSchema },
    problems: [...JSON_BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS, 'invalid_model'],
  })
  create(
    @ProjectId() projectId: string,
    @Body({ schema: createModelSchema }) body: CreateModel,
    @Claim() claim: IdempotencyClaim | undefined,
  ): Promise<Model> {
    return this.models.create(projectId, body, claim);
  }

  @Get()
  @Operation({
    id: 'listModels',
    summary: 'List models',
    answer: { status: 200, description: 'Models, the newest first', schema: modelPageSchema },
    problems: ['invalid_request'],
  })
  list(
    @ProjectId() projectId: string,
    @Query({ schema: pageQuerySchema }) page: PageQuery,
  ): Promise<Page<Model>> {
    return this.models.list(projectId, page);
  }

  @Get(':model_id')
  @Operation({
    id: 'getModel',
    summary: 'Get a model',
    answer: { status: 200, description: 'The model', schema: modelSchema },
    problems: ['not_found'],
  })
  get(
    @ProjectId() projectId: string,
    @Param('model_id', { schema: modelIdSchema }) id: string,
  ): Promise<Model> {
    return this.models.get(projectId, id);
  }

  @Delete(':model_id')
  @Operation({
    id: 'deleteModel',
    summary: 'Delete a model',
    description: 'Jobs that trained it stay, with their checkpoints.',
    answer: { status: 204, description: 'The model is deleted' },
    problems: ['not_found', 'conflict'],
  })
  async delete(
    @ProjectId() projectId: string,
    @Param('model_id', { schema: modelIdSchema }) id: string,
  ): Promise<void> {
    await this.models.delete(projectId, id);
  }

  @Get(':model_id/summary')
  @Operation({
    id: 'getModelSummary',
    summary: 'Summarise a model',
    description: 'As data or, with `Accept: text/plain`, as Keras prints it.',
    answer: {
      status: 200,
      description: 'Layers, shapes and numbers of parameters',
      schema: summarySchema,
      content: { [TEXT]: { schema: { type: 'string' } } },
    },
    problems: ['not_found'],
  })
  async summary(
    @ProjectId() projectId: string,
    @Param('model_id', { schema: modelIdSchema }) id: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Summary | string> {
    const summary = await this.models.summary(projectId, id);
    if (!accept?.includes(TEXT)) return summaryView(summary);
    reply.type(TEXT);
    return summary.text;
  }

  @Get(':model_id/versions')
  @Operation({
    id: 'listModelVersions',
    summary: 'List the trained versions of a model',
    answer: { status: 200, description: 'Versions, the newest first', schema: modelVersionPageSchema },
    problems: ['not_found', 'invalid_request'],
  })
  listVersions(
    @ProjectId() projectId: string,
    @Param('model_id', { schema: modelIdSchema }) id: string,
    @Query({ schema: pageQuerySchema }) page: PageQuery,
  ): Promise<Page<ModelVersion>> {
    return this.models.listVersions(projectId, id, page);
  }
}
