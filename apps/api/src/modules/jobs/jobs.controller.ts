import {
  type CreateJob,
  createJobSchema,
  type Job,
  jobIdSchema,
  jobPageSchema,
  type JobQuery,
  jobQuerySchema,
  jobSchema,
  type JsonObject,
  type Page,
} from '@epochal/contracts';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ProjectId } from '../../http/caller.js';
import type { IdempotencyClaim } from '../../http/idempotency/idempotency-claim.js';
import { Claim, IDEMPOTENCY_PROBLEMS, Idempotent } from '../../http/idempotency/idempotent.js';
import { JSON_BODY_PROBLEMS, Operation } from '../../http/operation.js';
import { SubmittedBody } from '../../http/submitted-body.js';
import { JobsService } from './jobs.service.js';

@ApiTags('Jobs')
@Controller('v1/jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Post()
  @Idempotent()
  @Operation({
    id: 'createJob',
    summary: 'Train a model on a dataset',
    description:
      'The request is checked against the model and the columns of the dataset as far as that goes without training; ' +
      'whatever is wrong is listed, and nothing is queued.',
    answer: { status: 201, description: 'The job, queued', schema: jobSchema },
    problems: [...JSON_BODY_PROBLEMS, ...IDEMPOTENCY_PROBLEMS],
  })
  create(
    @ProjectId() projectId: string,
    @Body({ schema: createJobSchema }) body: CreateJob,
    @SubmittedBody() submitted: JsonObject,
    @Claim() claim: IdempotencyClaim | undefined,
  ): Promise<Job> {
    return this.jobs.create(projectId, body, submitted, claim);
  }

  @Get()
  @Operation({
    id: 'listJobs',
    summary: 'List jobs',
    answer: { status: 200, description: 'Jobs, the newest first', schema: jobPageSchema },
    problems: ['invalid_request'],
  })
  list(
    @ProjectId() projectId: string,
    @Query({ schema: jobQuerySchema }) query: JobQuery,
  ): Promise<Page<Job>> {
    return this.jobs.list(projectId, query);
  }

  @Get(':job_id')
  @Operation({
    id: 'getJob',
    summary: 'Get a job',
    answer: { status: 200, description: 'The job as it is now', schema: jobSchema },
    problems: ['not_found'],
  })
  get(@ProjectId() projectId: string, @Param('job_id', { schema: jobIdSchema }) id: string): Promise<Job> {
    return this.jobs.get(projectId, id);
  }

  @Post(':job_id/cancel')
  @Operation({
    id: 'cancelJob',
    summary: 'Cancel a job',
    description:
      'A job that waits is cancelled at once. One that runs is `cancelling` until it has stopped after a last checkpoint; ' +
      'cancelling it again changes nothing.',
    answer: { status: 200, description: 'The job, cancelled or being cancelled', schema: jobSchema },
    problems: ['not_found', 'conflict'],
  })
  cancel(@ProjectId() projectId: string, @Param('job_id', { schema: jobIdSchema }) id: string): Promise<Job> {
    return this.jobs.cancel(projectId, id);
  }
}
