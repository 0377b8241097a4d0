import { type Configuration, ConfigurationError, readConfiguration } from '@epochal/configuration';
import {
  assertSchemaIsCurrent,
  createDatabase,
  MigrationError,
  SchemaNotCurrentError,
} from '@epochal/database';
import { createLogger } from '@epochal/observability';
import { createApp } from './create-app.js';
import { ensureFirstKey } from './modules/keys/first-key.js';

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const logger = createLogger({ name: 'api', level: configuration.log.level });
  await assertSchemaIsCurrent(configuration.database.url);
  await announceFirstKey(configuration);
  const app = await createApp(configuration, { logger });
  const { host, port } = configuration.server;
  await app.listen({ host, port });
  logger.info({ address: await app.getUrl() }, 'the API listens');

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      try {
        await app.close();
        process.exit(0);
      } catch (err) {
        logger.error({ err }, 'the API could not stop cleanly');
        process.exit(1);
      }
    })();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  // Whoever started us is gone.
  if (process.channel) process.once('disconnect', stop);
}

/** A key that is kept in a file need not stand in anybody's log. */
async function announceFirstKey({ database: { url }, server }: Configuration): Promise<void> {
  const database = createDatabase(url, { poolSize: 1 });
  const file = server.firstKeyFile;
  try {
    const key = await ensureFirstKey(database, file === undefined ? {} : { file });
    if (key === null) return;
    console.log(
      file === undefined
        ? `The first API key, shown this once: ${key}`
        : `The first API key is in ${file}, readable by its owner only.`,
    );
  } finally {
    await database.$disconnect();
  }
}

const EXPECTED = [ConfigurationError, MigrationError, SchemaNotCurrentError];

main().catch((error: unknown) => {
  console.error(
    error instanceof Error && EXPECTED.some((kind) => error instanceof kind) ? error.message : error,
  );
  process.exit(1);
});
