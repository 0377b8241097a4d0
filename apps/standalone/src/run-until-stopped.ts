import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StandaloneService, startStandalone } from './standalone-service.js';

const DEFAULT_DATA_DIRECTORY = fileURLToPath(new URL('../../../data', import.meta.url));

/**
 * Runs the service until Ctrl-C or SIGTERM, and `action` in it. Ends with exit code 1 and one plain sentence when anything
 * fails; whatever was started is stopped in every case.
 *
 * @param stay whether to go on serving when the action is done
 */
export async function runUntilStopped(
  action: (service: StandaloneService, dataDirectory: string) => Promise<void>,
  { stay = () => true }: { stay?: (service: StandaloneService) => boolean } = {},
): Promise<void> {
  const stopped = new Promise<'stopped'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve('stopped'));
  });
  const dataDirectory = path.resolve(process.env['DATA_DIR'] ?? DEFAULT_DATA_DIRECTORY);
  const starting = startStandalone({
    dataDirectory,
    port: process.env['PORT'] ? Number(process.env['PORT']) : undefined,
    log: (message) => console.log(message),
  });
  try {
    const service = await starting;
    const finished = await Promise.race([
      action(service, dataDirectory).then(() => 'done' as const),
      stopped,
    ]);
    if (finished === 'done' && stay(service)) await stopped;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await starting.then(
      (service) => service.stop(),
      // It was reported above; nothing is left running after a failed start.
      () => undefined,
    );
  }
  process.exit();
}
