export { currentContext, type LogContext, withContext } from './context.js';
export { createLogger, type CreateLoggerOptions, type Logger } from './logger.js';
