import path from 'node:path';
import type { Environment } from './environment-schema.js';

/** Where the job queue lives. */
export type QueueConfiguration =
  | { readonly backend: 'redis'; readonly url: string }
  | { readonly backend: 'postgres'; readonly url: string };

/** Where objects (data sets, checkpoints, models) live. */
export type StorageConfiguration =
  | {
      readonly adapter: 's3';
      readonly endpoint: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly bucket: string;
      readonly region: string;
    }
  | { readonly adapter: 'filesystem'; readonly root: string };

/** The key that signs links to objects, or the file that it is kept in when the operator gives none. */
export type SigningConfiguration = { readonly secret: string } | { readonly file: string };

/** All settings of a process, validated. Paths are absolute. */
export interface Configuration {
  readonly dataDirectory: string;
  readonly database: { readonly url: string };
  readonly queue: QueueConfiguration;
  readonly storage: StorageConfiguration;
  readonly signing: SigningConfiguration;
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Without a trailing slash; `undefined` when links follow the address of each request. */
    readonly publicUrl: string | undefined;
    readonly uploadMaxBytes: number;
    /** Absolute; `undefined` when the first API key is printed instead. */
    readonly firstKeyFile: string | undefined;
  };
  readonly worker: {
    readonly slots: number;
    readonly id: string | undefined;
    readonly maxAttempts: number;
    readonly leaseSeconds: number;
    readonly heartbeatSeconds: number;
    readonly sandbox: Environment['SANDBOX'];
  };
  /** `memoryLimit` is in DuckDB's notation, such as `512MB`. */
  readonly ingest: { readonly memoryLimit: string };
  readonly log: { readonly level: Environment['LOG_LEVEL'] };
}

/** Arranges valid variables by the part of the system that they belong to. */
export function configurationOf(environment: Environment): Configuration {
  const dataDirectory = path.resolve(environment.DATA_DIR);
  return {
    dataDirectory,
    database: { url: environment.DATABASE_URL },
    queue: queueOf(environment),
    storage: storageOf(environment, dataDirectory),
    signing:
      environment.SIGNING_SECRET === undefined
        ? { file: path.join(dataDirectory, 'signing-secret') }
        : { secret: environment.SIGNING_SECRET },
    server: {
      host: environment.HOST,
      port: environment.PORT,
      publicUrl: environment.PUBLIC_URL,
      uploadMaxBytes: environment.UPLOAD_MAX_BYTES,
      firstKeyFile: environment.FIRST_KEY_FILE && path.resolve(environment.FIRST_KEY_FILE),
    },
    worker: {
      slots: environment.WORKER_SLOTS,
      id: environment.WORKER_ID,
      maxAttempts: environment.MAX_ATTEMPTS,
      leaseSeconds: environment.LEASE_SECONDS,
      heartbeatSeconds: environment.HEARTBEAT_SECONDS,
      sandbox: environment.SANDBOX,
    },
    ingest: { memoryLimit: environment.INGEST_MEMORY_LIMIT },
    log: { level: environment.LOG_LEVEL },
  };
}

function queueOf({ REDIS_URL, DATABASE_URL }: Environment): QueueConfiguration {
  return REDIS_URL === undefined
    ? { backend: 'postgres', url: DATABASE_URL }
    : { backend: 'redis', url: REDIS_URL };
}

function storageOf(environment: Environment, dataDirectory: string): StorageConfiguration {
  const { S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_BUCKET, S3_REGION } = environment;
  const usesS3 = S3_ENDPOINT && S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY && S3_BUCKET;
  if (!usesS3) return { adapter: 'filesystem', root: path.join(dataDirectory, 'objects') };
  return {
    adapter: 's3',
    endpoint: S3_ENDPOINT,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
    bucket: S3_BUCKET,
    region: S3_REGION,
  };
}
