import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../../http/idempotency/idempotency.module.js';
import { LinksModule } from '../../http/links.module.js';
import { DatasetsModule } from '../datasets/datasets.module.js';
import { ModelsModule } from '../models/models.module.js';
import { JobValidation } from './job-validation.js';
import { JobsController } from './jobs.controller.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';

@Module({
  imports: [IdempotencyModule, LinksModule, DatasetsModule, ModelsModule],
  controllers: [JobsController],
  providers: [JobsRepository, JobsService, JobValidation],
})
export class JobsModule {}
