import { z } from 'zod';
import { byteSize, wholeNumber } from './quantity.js';
import { databaseUrl, redisUrl, webUrl } from './service-url.js';

/** What people are told about a variable: in the README's table and when its value is wrong. */
export interface VariableDocumentation {
  /** What the variable does, as one sentence without a full stop. */
  readonly purpose: string;
  /** What a right value looks like; completes "expected …". */
  readonly expected: string;
  /** True for a value that must never be printed, because it is or holds a password. */
  readonly secret?: boolean;
  /** What happens when the variable is absent and has no default. */
  readonly whenAbsent?: string;
}

/** The documentation of each variable of {@link environmentSchema}. */
export const variableDocumentation = z.registry<VariableDocumentation>();

function describe<Schema extends z.ZodType>(schema: Schema, documentation: VariableDocumentation): Schema {
  variableDocumentation.add(schema, documentation);
  return schema;
}

const s3Absent = 'objects are files under `DATA_DIR/objects`';

/** Every environment variable that Epochal reads. Values are strings; blank ones count as absent. */
export const environmentSchema = z.object({
  DATABASE_URL: describe(databaseUrl(), {
    purpose: 'The Postgres database that holds everything',
    expected: 'a URL like postgresql://user:password@host:5432/database',
    secret: true,
  }),
  REDIS_URL: describe(redisUrl().optional(), {
    purpose: 'The Redis server of the job queue',
    expected: 'a URL like redis://:password@host:6379/0 (rediss:// for TLS)',
    secret: true,
    whenAbsent: "BullMQ's Postgres backend on `DATABASE_URL`",
  }),
  S3_ENDPOINT: describe(webUrl({ path: false }).optional(), {
    purpose: 'The S3 server that holds the objects; set all of `S3_ENDPOINT` to `S3_BUCKET`, or none',
    expected: 'a URL without a path, like https://s3.eu-west-1.amazonaws.com or http://127.0.0.1:9000',
    whenAbsent: s3Absent,
  }),
  S3_ACCESS_KEY_ID: describe(z.string().optional(), {
    purpose: 'The access key of the S3 server',
    expected: 'the access key id that the S3 server gave',
    whenAbsent: s3Absent,
  }),
  S3_SECRET_ACCESS_KEY: describe(z.string().optional(), {
    purpose: 'The secret of that access key',
    expected: 'the secret access key that belongs to S3_ACCESS_KEY_ID',
    secret: true,
    whenAbsent: s3Absent,
  }),
  S3_BUCKET: describe(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .optional(),
    {
      purpose: 'The bucket that holds the objects',
      expected: '3 to 63 lower-case letters, digits, dots and hyphens',
      whenAbsent: s3Absent,
    },
  ),
  S3_REGION: describe(
    z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .prefault('us-east-1'),
    {
      purpose: 'The region of the bucket, which requests are signed for',
      expected: 'a region like us-east-1',
    },
  ),
  DATA_DIR: describe(z.string().prefault('data'), {
    purpose: 'The folder for files that outlive a restart; relative to the working directory unless absolute',
    expected: 'a path of a folder that this user can write to',
  }),
  HOST: describe(
    z
      .string()
      .regex(/^[A-Za-z0-9_.:-]+$/)
      .prefault('127.0.0.1'),
    {
      purpose: 'The address that the API listens on; `0.0.0.0` for all',
      expected: 'an IP address or a host name',
    },
  ),
  PORT: describe(wholeNumber(0, 65_535).prefault('8000'), {
    purpose: 'The port that the API listens on; `0` for any free one',
    expected: 'a whole number from 0 to 65535',
  }),
  PUBLIC_URL: describe(webUrl({ path: true }).optional(), {
    purpose: 'Where clients reach the API, for links in what it sends',
    expected: 'a URL like https://epochal.example.com',
    whenAbsent: 'the address of each request',
  }),
  FIRST_KEY_FILE: describe(z.string().optional(), {
    purpose: 'The file that the first API key is written to, when the API starts with no key at all',
    expected: 'a path of a file in a folder that this user can write to',
    whenAbsent: 'the key is printed, once',
  }),
  LOG_LEVEL: describe(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).prefault('info'),
    {
      purpose: 'The least severe level that is logged',
      expected: 'one of trace, debug, info, warn, error, fatal, silent',
    },
  ),
  WORKER_SLOTS: describe(wholeNumber(1, 256).prefault('1'), {
    purpose: 'How many jobs a worker runs at the same time',
    expected: 'a whole number from 1 to 256',
  }),
  WORKER_ID: describe(
    z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/)
      .optional(),
    {
      purpose: 'The name that a worker goes by, unique among all workers',
      expected: '1 to 64 letters, digits, dots, hyphens and underscores',
      whenAbsent: 'made from the host name and the process id',
    },
  ),
  MAX_ATTEMPTS: describe(wholeNumber(1, 100).prefault('3'), {
    purpose: 'How often a job is started before a loss of its worker fails it',
    expected: 'a whole number from 1 to 100',
  }),
  LEASE_SECONDS: describe(wholeNumber(3, 3600).prefault('30'), {
    purpose: 'How long a worker may stay silent before its job is given to another',
    expected: 'a whole number of seconds from 3 to 3600',
  }),
  HEARTBEAT_SECONDS: describe(wholeNumber(1, 1800).prefault('10'), {
    purpose: 'How often a worker renews the lease of its job',
    expected: 'a whole number of seconds from 1 to 1800, at most half of LEASE_SECONDS',
  }),
  UPLOAD_MAX_BYTES: describe(byteSize().prefault('10GiB'), {
    purpose: 'The largest upload that is accepted',
    expected: 'a number of bytes, like 1048576, 500MB or 10GiB',
  }),
  INGEST_MEMORY_LIMIT: describe(
    z
      .string()
      .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/)
      .prefault('512MB'),
    {
      purpose: 'How much memory DuckDB may use while it reads a data set',
      expected: 'a size with its unit, like 512MB or 4GiB',
    },
  ),
  SANDBOX: describe(z.enum(['auto', 'bubblewrap', 'none']).prefault('auto'), {
    purpose:
      'What keeps user code away from the machine: `auto` takes bubblewrap and refuses user code without it, ' +
      '`none` runs user code with all rights of the worker',
    expected: 'one of auto, bubblewrap, none',
  }),
  SIGNING_SECRET: describe(z.string().min(32).optional(), {
    purpose: 'The key that signs the links to objects; the same for all processes of an installation',
    expected: 'at least 32 characters that nobody can guess',
    secret: true,
    whenAbsent: 'made once and kept in `DATA_DIR/signing-secret`',
  }),
});

/** The variables after validation, with defaults filled in. */
export type Environment = z.output<typeof environmentSchema>;
/** The name of a variable. */
export type VariableName = keyof Environment;
