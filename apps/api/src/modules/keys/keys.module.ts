import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../../http/idempotency/idempotency.module.js';
import { Authenticator } from './authenticator.js';
import { KeysController } from './keys.controller.js';
import { KeysRepository } from './keys.repository.js';
import { KeysService } from './keys.service.js';

@Module({
  imports: [IdempotencyModule],
  controllers: [KeysController],
  providers: [KeysRepository, KeysService, Authenticator],
  exports: [Authenticator],
})
export class KeysModule {}
