import type { Readable } from 'node:stream';
import type { EventType } from '@epochal/contracts';
import type { Database } from '@epochal/database';
import { EventTail, followEvents } from '@epochal/event-log';
import type { Logger } from '@epochal/observability';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DATABASE, LOGGER } from '../../connections/tokens.js';
import { serverSentEvents } from './server-sent-events.js';
import { TextStream } from './text-stream.js';

export interface EventPosition {
  readonly after: number;
  readonly types?: readonly EventType[] | undefined;
}

/** The open event streams of this process. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  readonly #open = new Set<TextStream>();
  #isClosing = false;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly tail: EventTail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A job's events from a position to its last one, as server-sent events. Destroying the stream ends it. */
  open(jobId: string, { after, types }: EventPosition): Readable {
    const stream = new TextStream((signal) =>
      serverSentEvents(
        followEvents(this.database, this.tail, jobId, { after, ...(types ? { types } : {}), signal }),
      ),
    );
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
    stream.once('error', (err) => this.logger.error({ err, job_id: jobId }, 'an event stream broke'));
    if (this.#isClosing) stream.end();
    return stream;
  }

  /** Clients reconnect, to another process, behind the last event that they got. */
  onModuleDestroy(): void {
    this.#isClosing = true;
    for (const stream of this.#open) stream.end();
  }
}
