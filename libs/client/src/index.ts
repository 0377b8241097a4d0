export {
  EpochalClient,
  type CreateOptions,
  type JobFilter,
  type PageOptions,
  type Upload,
} from './client.js';
export type { EventStreamOptions } from './event-stream.js';
export { type ClientOptions, EpochalError, UnexpectedResponseError } from './request.js';
