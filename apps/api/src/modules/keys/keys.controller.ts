import {
  type CreatedKey,
  createdKeySchema,
  type CreateKey,
  createKeySchema,
  type Key,
  keyIdSchema,
  keyPageSchema,
  type Page,
  type PageQuery,
  pageQuerySchema,
} from '@epochal/contracts';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProjectId } from '../../http/caller.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { Claim, IDEMPOTENCY_PROBLEMS, Idempotent } from '../../http/idempotency/idempotent.js';
import { JSON_BODY_PROBLEMS, Operation } from '../../http/operation.js';
import { KeysService } from './keys.service.js';

@ApiTags('Keys')
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Post()
  @Idempotent({ secret: true })
  @Operation({
    id: 'createKey',
    summary: 'Create an API key',
    description: 'The answer holds the key itself, this once: only its digest is stored.',
    answer: { status: 201, description: 'The key', schema: createdKeySchema },
    problems: [...JSON_BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS],
  })
  create(
    @ProjectId() projectId: string,
    @Body({ schema: createKeySchema }) body: CreateKey,
    @Claim() claim: IdempotencyClaim | undefined,
  ): Promise<CreatedKey> {
    return this.keys.create(projectId, body, claim);
  }

  @Get()
  @Operation({
    id: 'listKeys',
    summary: 'List the API keys of the project',
    answer: { status: 200, description: 'Keys, the newest first', schema: keyPageSchema },
    problems: ['invalid_request'],
  })
  list(
    @ProjectId() projectId: string,
    @Query({ schema: pageQuerySchema }) page: PageQuery,
  ): Promise<Page<Key>> {
    return this.keys.list(projectId, page);
  }

  @Delete(':key_id')
  @Operation({
    id: 'deleteKey',
    summary: 'Delete an API key',
    description: 'Requests with it are refused from now on. The only key of a project cannot be deleted.',
    answer: { status: 204, description: 'The key is deleted' },
    problems: ['not_found', 'conflict'],
  })
  async delete(
    @ProjectId() projectId: string,
    @Param('key_id', { schema: keyIdSchema }) id: string,
  ): Promise<void> {
    await this.keys.delete(projectId, id);
  }
}
