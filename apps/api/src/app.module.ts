import type { Configuration } from '@epochal/configuration';
import type { Logger } from '@epochal/observability';
import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectionsModule } from './connections/connections.module.js';
import { CheckpointsModule } from './modules/checkpoints/checkpoints.module.js';
import { DatasetsModule } from './modules/datasets/datasets.module.js';
import { DownloadsModule } from './modules/downloads/downloads.module.js';
import { EventsModule } from './modules/events/events.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { JobsModule } from './modules/jobs/jobs.module.js';
import { KeysModule } from './modules/keys/keys.module.js';
import { ModelsModule } from './modules/models/models.module.js';

@Module({})
export class AppModule {
  static on(configuration: Configuration, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConnectionsModule.open(configuration, logger),
        DatasetsModule,
        ModelsModule,
        JobsModule,
        EventsModule,
        CheckpointsModule,
        DownloadsModule,
        KeysModule,
        HealthModule,
      ],
    };
  }
}
