import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { currentContext } from './context.js';

export type { Logger } from 'pino';

export interface CreateLoggerOptions {
  /** The program that logs, such as `api` or `worker`. */
  readonly name: string;
  /** The least severe level that is written. */
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/** Never to be read in a log, wherever an object that holds them is logged. */
const SECRETS = ['authorization', '*.authorization', 'req.headers.authorization', '*.secretAccessKey'];

/** A logger of JSON lines, each with the fields of {@link currentContext}. Errors belong under the key `err`. */
export function createLogger({ name, level, destination }: CreateLoggerOptions): Logger {
  const options: LoggerOptions = {
    name,
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => ({ ...currentContext() }),
    redact: { paths: SECRETS, censor: '[hidden]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
