import { Module } from '@nestjs/common';
import { LinksModule } from '../../http/links.module.js';
import { CheckpointsController } from './checkpoints.controller.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { CheckpointsService } from './checkpoints.service.js';

@Module({
  imports: [LinksModule],
  controllers: [CheckpointsController],
  providers: [CheckpointsRepository, CheckpointsService],
})
export class CheckpointsModule {}
