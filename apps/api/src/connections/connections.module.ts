import type { Configuration } from '@epochal/configuration';
import { createDatabase, type Database, NotificationListener } from '@epochal/database';
import { EventTail } from '@epochal/event-log';
import type { Logger } from '@epochal/observability';
import { createQueue, type Queue } from '@epochal/queue';
import { createObjectStore, type ObjectStore } from '@epochal/storage';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TemporaryFolders } from './temporary-folders.js';
import { CONFIGURATION, DATABASE, LOGGER, NOTIFICATIONS, OBJECT_STORE, QUEUE } from './tokens.js';

const EXPORTS = [CONFIGURATION, LOGGER, DATABASE, QUEUE, OBJECT_STORE, EventTail, TemporaryFolders];

/** Opens the connections that every resource stands on, and closes them after the last request. */
@Module({})
export class ConnectionsModule implements OnApplicationShutdown {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(QUEUE) private readonly queue: Queue,
    @Inject(NOTIFICATIONS) private readonly notifications: NotificationListener,
    private readonly folders: TemporaryFolders,
  ) {}

  static open(configuration: Configuration, logger: Logger): DynamicModule {
    const { database, queue, storage } = configuration;
    return {
      module: ConnectionsModule,
      global: true,
      exports: EXPORTS,
      providers: [
        TemporaryFolders,
        { provide: CONFIGURATION, useValue: configuration },
        { provide: LOGGER, useValue: logger },
        {
          provide: DATABASE,
          useFactory: () =>
            createDatabase(database.url, {
              applicationName: 'epochal api',
              onConnectionError: (err) => logger.warn({ err }, 'an idle database connection broke'),
            }),
        },
        { provide: QUEUE, useFactory: () => createQueue(queue, logger) },
        { provide: OBJECT_STORE, useFactory: () => openStore(createObjectStore(storage), logger) },
        {
          provide: NOTIFICATIONS,
          useFactory: () =>
            new NotificationListener(database.url, {
              onError: (err) => logger.warn({ err }, 'the notification connection failed'),
            }),
        },
        {
          provide: EventTail,
          inject: [NOTIFICATIONS],
          useFactory: (notifications: NotificationListener) => startTail(notifications, logger),
        },
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.folders.close();
    await Promise.all([this.queue.close(), this.notifications.close(), this.database.$disconnect()]);
  }
}

/** A store that is away now may come back: the API starts all the same, and /readyz says what is missing. */
async function openStore(store: ObjectStore, logger: Logger): Promise<ObjectStore> {
  await store.ensureReady().catch((err: unknown) => logger.error({ err }, 'the object store is not ready'));
  return store;
}

/** Listening waits for the database; the API must not, or it could not say that the database is away. */
function startTail(notifications: NotificationListener, logger: Logger): EventTail {
  const tail = new EventTail();
  tail.start(notifications).catch((err: unknown) => logger.error({ err }, 'cannot follow job events'));
  return tail;
}
