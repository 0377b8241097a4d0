import path from 'node:path';
import { expect, test } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import { readConfiguration } from './read-configuration.js';

const database = { DATABASE_URL: 'postgresql://me:hunter2@db.example:5432/epochal' };
const s3 = {
  S3_ENDPOINT: 'http://127.0.0.1:9000/',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'a secret',
  S3_BUCKET: 'epochal',
};

function problemsOf(environment: Record<string, string>) {
  try {
    readConfiguration(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('a database is all that has to be named', () => {
  expect(readConfiguration(database)).toEqual({
    dataDirectory: path.resolve('data'),
    database: { url: database.DATABASE_URL },
    queue: { backend: 'postgres', url: database.DATABASE_URL },
    storage: { adapter: 'filesystem', root: path.resolve('data/objects') },
    signing: { file: path.resolve('data/signing-secret') },
    server: { host: '127.0.0.1', port: 8000, publicUrl: undefined, uploadMaxBytes: 10 * 2 ** 30 },
    worker: {
      slots: 1,
      id: undefined,
      maxAttempts: 3,
      leaseSeconds: 30,
      heartbeatSeconds: 10,
      sandbox: 'auto',
    },
    ingest: { memoryLimit: '512MB' },
    log: { level: 'info' },
  });
});

test('Redis and S3 take over the queue and the objects when they are named', () => {
  const configuration = readConfiguration({ ...database, ...s3, REDIS_URL: 'redis://redis:6379/1' });
  expect(configuration.queue).toEqual({ backend: 'redis', url: 'redis://redis:6379/1' });
  expect(configuration.storage).toEqual({
    adapter: 's3',
    endpoint: 'http://127.0.0.1:9000',
    accessKeyId: 'key',
    secretAccessKey: 'a secret',
    bucket: 'epochal',
    region: 'us-east-1',
  });
});

test('a blank variable counts as absent, as docker compose passes it', () => {
  expect(readConfiguration({ ...database, REDIS_URL: '', PORT: ' ' }).server.port).toBe(8000);
});

test('every bad variable is reported at once, with what would be right', () => {
  const problems = problemsOf({
    PORT: '80a',
    REDIS_URL: 'http://redis',
    SANDBOX: 'docker',
    WORKER_SLOTS: '0',
  });
  expect(problems).toEqual([
    {
      variable: 'DATABASE_URL',
      problem: 'is missing',
      expected: 'a URL like postgresql://user:password@host:5432/database',
    },
    expect.objectContaining({ variable: 'REDIS_URL' }),
    { variable: 'PORT', problem: 'is "80a"', expected: 'a whole number from 0 to 65535' },
    { variable: 'WORKER_SLOTS', problem: 'is "0"', expected: 'a whole number from 1 to 256' },
    { variable: 'SANDBOX', problem: 'is "docker"', expected: 'one of auto, bubblewrap, none' },
  ]);
});

test('half of an S3 configuration names the missing half, also beside other mistakes', () => {
  const problems = problemsOf({ ...database, S3_ENDPOINT: s3.S3_ENDPOINT, S3_BUCKET: 'epochal', PORT: '-1' });
  expect(problems.map(({ variable }) => variable)).toEqual([
    'PORT',
    'S3_ACCESS_KEY_ID',
    'S3_SECRET_ACCESS_KEY',
  ]);
  expect(problems[1]?.problem).toBe('is missing, although S3_ENDPOINT, S3_BUCKET are set');
});

test('a heartbeat that leaves no room for a lost one is refused', () => {
  expect(problemsOf({ ...database, LEASE_SECONDS: '10', HEARTBEAT_SECONDS: '6' })).toEqual([
    expect.objectContaining({
      variable: 'HEARTBEAT_SECONDS',
      expected: 'at most 5, half of the lease, so that one lost heartbeat costs no job',
    }),
  ]);
});

test('a password never gets into an error', () => {
  const message = new ConfigurationError(problemsOf({ DATABASE_URL: 'mysql://me:hunter2@db/x' })).message;
  expect(message).toContain('DATABASE_URL has a value that is not valid');
  expect(message).not.toContain('hunter2');
});

test.each([
  ['1048576', 1_048_576],
  ['500MB', 500_000_000],
  ['1.5 KiB', 1536],
])('UPLOAD_MAX_BYTES=%s is %i bytes', (text, bytes) => {
  expect(readConfiguration({ ...database, UPLOAD_MAX_BYTES: text }).server.uploadMaxBytes).toBe(bytes);
});

test.each(['1e3', '0x10', '-1', '10 apples', '0'])('UPLOAD_MAX_BYTES=%s is refused', (text) => {
  expect(problemsOf({ ...database, UPLOAD_MAX_BYTES: text })).toHaveLength(1);
});

test.each([
  ['DATABASE_URL', 'postgresql://host:5432'],
  ['S3_ENDPOINT', 'https://s3.example/bucket'],
  ['PUBLIC_URL', 'epochal.example.com'],
  ['HOST', 'two words'],
  ['PORT', '65536'],
  ['WORKER_ID', 'a/b'],
  ['INGEST_MEMORY_LIMIT', '512'],
  ['SIGNING_SECRET', 'short'],
  ['LOG_LEVEL', 'verbose'],
])('%s=%s is refused', (variable, value) => {
  expect(problemsOf({ ...database, ...s3, [variable]: value }).map((problem) => problem.variable)).toEqual([
    variable,
  ]);
});
