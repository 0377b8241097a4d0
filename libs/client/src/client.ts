import type {
  Checkpoint,
  CreatedKey,
  CreateJobInput,
  CreateModel,
  Dataset,
  Event,
  EventType,
  Job,
  JobStatus,
  Key,
  Model,
  ModelFormat,
  ModelVersion,
  Page,
} from '@epochal/contracts';
import { type EventStreamOptions, streamEvents } from './event-stream.js';
import { type ClientOptions, request, type RequestOptions } from './request.js';

export interface PageOptions {
  readonly limit?: number;
  readonly after?: string;
}

export interface JobFilter extends PageOptions {
  readonly status?: JobStatus;
  readonly model_id?: string;
  readonly dataset_id?: string;
}

export interface CreateOptions {
  /** Sent again with the same key, a request gets the first one's answer. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface Upload {
  readonly name: string;
  readonly filename?: string;
  readonly body: Blob | ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>;
}

/** Typed access to an Epochal service, in browsers and in Node. Every method throws EpochalError for an error it answers. */
export class EpochalClient {
  constructor(private readonly options: ClientOptions) {}

  readonly datasets = {
    create: ({ body, ...query }: Upload, options: CreateOptions = {}): Promise<Dataset> =>
      this.#json('POST', '/v1/datasets', {
        query,
        body,
        headers: { 'content-type': 'text/csv', ...idempotency(options) },
        signal: options.signal,
      }),
    get: (id: string): Promise<Dataset> => this.#json('GET', `/v1/datasets/${id}`),
    list: (page: PageOptions = {}): Promise<Page<Dataset>> =>
      this.#json('GET', '/v1/datasets', { query: { ...page } }),
    delete: async (id: string): Promise<void> => void (await this.#send('DELETE', `/v1/datasets/${id}`)),
  };

  readonly models = {
    create: (model: CreateModel, options: CreateOptions = {}): Promise<Model> =>
      this.#json('POST', '/v1/models', {
        json: model,
        headers: idempotency(options),
        signal: options.signal,
      }),
    get: (id: string): Promise<Model> => this.#json('GET', `/v1/models/${id}`),
    list: (page: PageOptions = {}): Promise<Page<Model>> =>
      this.#json('GET', '/v1/models', { query: { ...page } }),
    delete: async (id: string): Promise<void> => void (await this.#send('DELETE', `/v1/models/${id}`)),
    versions: (id: string, page: PageOptions = {}): Promise<Page<ModelVersion>> =>
      this.#json('GET', `/v1/models/${id}/versions`, { query: { ...page } }),
    /** The trained model as a file; the latest version unless one is named. */
    download: (id: string, query: { format?: ModelFormat; version?: string } = {}): Promise<Response> =>
      this.#send('GET', `/v1/models/${id}/download`, { query }),
  };

  readonly jobs = {
    create: (job: CreateJobInput, options: CreateOptions = {}): Promise<Job> =>
      this.#json('POST', '/v1/jobs', { json: job, headers: idempotency(options), signal: options.signal }),
    get: (id: string): Promise<Job> => this.#json('GET', `/v1/jobs/${id}`),
    list: (filter: JobFilter = {}): Promise<Page<Job>> =>
      this.#json('GET', '/v1/jobs', { query: { ...filter } }),
    cancel: (id: string): Promise<Job> => this.#json('POST', `/v1/jobs/${id}/cancel`),
    /** Live, resumed by itself, until the job's last event. */
    events: (id: string, options: EventStreamOptions = {}): AsyncGenerator<Event> =>
      streamEvents(this.options, id, options),
    eventPage: (
      id: string,
      { types, ...query }: { after?: number; limit?: number; types?: readonly EventType[] } = {},
    ): Promise<Page<Event>> =>
      this.#json('GET', `/v1/jobs/${id}/events`, { query: { ...query, types: types?.join(',') } }),
    checkpoints: (id: string, page: PageOptions = {}): Promise<Page<Checkpoint>> =>
      this.#json('GET', `/v1/jobs/${id}/checkpoints`, { query: { ...page } }),
    downloadCheckpoint: (
      id: string,
      checkpointId: string,
      query: { format?: ModelFormat } = {},
    ): Promise<Response> =>
      this.#send('GET', `/v1/jobs/${id}/checkpoints/${checkpointId}/download`, { query }),
  };

  readonly keys = {
    create: (name: string): Promise<CreatedKey> => this.#json('POST', '/v1/keys', { json: { name } }),
    list: (page: PageOptions = {}): Promise<Page<Key>> =>
      this.#json('GET', '/v1/keys', { query: { ...page } }),
    delete: async (id: string): Promise<void> => void (await this.#send('DELETE', `/v1/keys/${id}`)),
  };

  async #json<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
    return (await (await this.#send(method, path, options)).json()) as T;
  }

  #send(method: string, path: string, options?: RequestOptions): Promise<Response> {
    return request(this.options, method, path, options);
  }
}

const idempotency = ({ idempotencyKey }: CreateOptions): Record<string, string> =>
  idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
