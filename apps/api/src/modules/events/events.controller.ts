import {
  type Event,
  eventPageSchema,
  eventQuerySchema,
  type EventType,
  jobIdSchema,
  type Page,
} from '@epochal/contracts';
import { Controller, Get, Headers, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProjectId } from '../../http/caller.js';
import { Operation, RequestHeader } from '../../http/operation.js';
import { EventsService } from './events.service.js';
import { positionOf } from './position.js';

interface EventQuery {
  after?: number | undefined;
  types?: EventType[] | undefined;
  limit: number;
}

const EVENT_STREAM = 'text/event-stream';

@ApiTags('Jobs')
@Controller('v1/jobs')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get(':job_id/events')
  @RequestHeader('last-event-id', 'The seq of the last event that was received; goes before `after`')
  @Operation({
    id: 'listJobEvents',
    summary: 'Read or follow the events of a job',
    description:
      'A page as JSON or, with `Accept: text/event-stream`, a stream that replays the events and goes on with the live ' +
      "ones, without a gap or a double, until the job's last event. `limit` is for pages. A stream of an ended job of " +
      'which nothing is left is answered with 204, after which browsers do not reconnect.',
    answer: {
      status: 200,
      description: 'Events in the order of their seq',
      schema: eventPageSchema,
      content: {
        [EVENT_STREAM]: { schema: { type: 'string', description: 'id: seq, event: type, data: the event' } },
      },
    },
    alternatives: [{ status: 204, description: 'The job has ended and there are no further events' }],
    problems: ['not_found', 'invalid_request'],
  })
  async list(
    @ProjectId() projectId: string,
    @Param('job_id', { schema: jobIdSchema }) jobId: string,
    @Query({ schema: eventQuerySchema }) query: EventQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<Event> | StreamableFile | undefined> {
    const { limit, types } = query;
    const position = { after: positionOf(lastEventId, query.after), types };
    reply.header('cache-control', 'no-store');
    if (!wantsStream(request)) {
      return this.events.page(projectId, jobId, { ...position, limit });
    }
    const stream = await this.events.stream(projectId, jobId, position);
    if (stream === null) {
      reply.code(204);
      return undefined;
    }
    // Or nginx would hold events back.
    reply.header('x-accel-buffering', 'no');
    return new StreamableFile(stream, { type: EVENT_STREAM });
  }
}

const wantsStream = ({ headers }: FastifyRequest): boolean => headers.accept?.includes(EVENT_STREAM) ?? false;
