export { type JobName, type Payload } from './catalogue.js';
export { InvalidPayloadError, QueueUnavailableError } from './errors.js';
export { createQueue, type EnqueueOptions, type Queue } from './queue.js';
export { createWorker, type Handlers, type Worker, type WorkerOptions } from './worker.js';
