import type { Readable } from 'node:stream';
import { type Event, isTerminal, type Page } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { readEvents } from '@epochal/event-log';
import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../connections/tokens.js';
import { noSuch } from '../../http/problems.js';
import { type EventPosition, EventStreams } from './event-streams.js';
import { assertReached } from './position.js';

@Injectable()
export class EventsService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly streams: EventStreams,
  ) {}

  async page(
    projectId: string,
    jobId: string,
    query: EventPosition & { limit: number },
  ): Promise<Page<Event>> {
    await this.#jobAt(projectId, jobId, query);
    const events = await this.#read(jobId, query, query.limit + 1);
    const data = events.slice(0, query.limit);
    const hasMore = events.length > query.limit;
    return { data, has_more: hasMore, next_cursor: hasMore ? String(data.at(-1)?.seq) : null };
  }

  /** @returns `null` when the job has ended and nothing is left to send */
  async stream(projectId: string, jobId: string, position: EventPosition): Promise<Readable | null> {
    const job = await this.#jobAt(projectId, jobId, position);
    if (isTerminal(job.status) && (await this.#read(jobId, position, 1)).length === 0) return null;
    return this.streams.open(jobId, position);
  }

  async #jobAt(projectId: string, jobId: string, { after }: EventPosition) {
    const job = await this.database.job.findFirst({
      where: { id: jobId, projectId },
      select: { status: true, lastSeq: true },
    });
    if (!job) throw noSuch('job', jobId);
    assertReached(after, job.lastSeq);
    return job;
  }

  #read(jobId: string, { after, types }: EventPosition, limit: number): Promise<Event[]> {
    return readEvents(this.database, jobId, { after, limit, ...(types ? { types } : {}) });
  }
}
