import type { Logger } from '@epochal/observability';

const quietMilliseconds = 60_000;

/** Logs errors of a connection; one that repeats, as while a server is away, is logged once a minute. */
export function createErrorLog(logger: Logger, message: string): (error: Error) => void {
  const loggedAt = new Map<string, number>();
  return (error) => {
    const key = error.message || error.name;
    const last = loggedAt.get(key);
    if (last !== undefined && Date.now() - last < quietMilliseconds) return;
    loggedAt.set(key, Date.now());
    logger.error({ err: error }, message);
  };
}
