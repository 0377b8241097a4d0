import { once } from 'node:events';
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
  const controller = new AbortController();
  const { signal } = controller;
  const stopped = once(signal, 'abort');
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  const dataDirectory = path.resolve(process.env['DATA_DIR'] || DEFAULT_DATA_DIRECTORY);
  let service: StandaloneService | undefined;
  try {
    service = await startStandalone({
      dataDirectory,
      port: process.env['PORT'] ? Number(process.env['PORT']) : undefined,
      log: (message) => console.log(message),
      signal,
    });
    await Promise.race([action(service, dataDirectory), stopped]);
    if (stay(service) && !signal.aborted) await stopped;
  } catch (error) {
    if (!signal.aborted) report(error);
  } finally {
    await service?.stop();
  }
  process.exit();
}

function report(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
