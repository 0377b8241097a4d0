import type { Logger } from '@epochal/observability';
import type { LoggerService } from '@nestjs/common';

/** Nest's own messages, in our log. What it does at its start is detail. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.logger.debug(this.#fields(context), String(message));
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn(this.#fields(context), String(message));
  }

  error(message: unknown, ...context: unknown[]): void {
    const err = message instanceof Error ? { err: message } : {};
    this.logger.error({ ...err, ...this.#fields(context) }, String(message));
  }

  #fields = (context: unknown[]): object => ({ nest: context.at(-1) });
}
