import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Operation } from '../../http/operation.js';
import { HealthService } from './health.service.js';
import { type Health, healthSchema } from './health.view.js';

@ApiTags('Health')
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('healthz')
  @Operation({
    id: 'getHealth',
    summary: 'Tell whether the process lives',
    open: true,
    answer: { status: 200, description: 'It does', schema: healthSchema },
  })
  live(@Res({ passthrough: true }) reply: FastifyReply): Health {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  }

  @Get('readyz')
  @Operation({
    id: 'getReadiness',
    summary: 'Tell whether everything that requests need answers',
    description: 'Database and its schema, queue and object store. The problem lists what does not.',
    open: true,
    answer: { status: 200, description: 'It does', schema: healthSchema },
    problems: ['not_ready'],
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    reply.header('cache-control', 'no-store');
    await this.health.assertReady();
    return { status: 'ok' };
  }
}
