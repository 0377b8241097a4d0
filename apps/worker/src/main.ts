import { ConfigurationError, readConfiguration } from '@epochal/configuration';
import { assertSchemaIsCurrent } from '@epochal/database';
import { createLogger } from '@epochal/observability';
import { startWorker } from './worker.js';

async function main(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const logger = createLogger({ name: 'worker', level: configuration.log.level });
  await assertSchemaIsCurrent(configuration.database.url);
  const worker = await startWorker(configuration, logger);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the worker could not stop cleanly');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  // Whoever started us is gone.
  if (process.channel) process.once('disconnect', stop);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
});
