import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp, ensureFirstKey } from '@epochal/api';
import { type Configuration, readConfiguration } from '@epochal/configuration';
import { createDatabase, type Database } from '@epochal/database';
import { createTestDatabase } from '@epochal/embedded-services';
import { createLogger } from '@epochal/observability';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';

export interface TestService {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly configuration: Configuration;
  readonly dataDirectory: string;
  /** A key of the project that tests use. */
  readonly key: string;
  /** What the service logged, each line as an object. */
  readonly log: Record<string, unknown>[];
  /** Sends a request with the key; `null` for none. */
  request(method: Method, address: string, key?: string | null): supertest.Test;
  /** A key of another project. */
  createOtherProject(): Promise<string>;
  close(): Promise<void>;
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head';

/** The real service on a database of its own, with the queue in it and objects as files. */
export async function startService(environment: Record<string, string> = {}): Promise<TestService> {
  const testDatabase = await createTestDatabase();
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'epochal-api-'));
  const configuration = readConfiguration({
    DATABASE_URL: testDatabase.url,
    DATA_DIR: dataDirectory,
    ...environment,
  });
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const app = await createApp(configuration, {
    logger: createLogger({ name: 'api', level: 'debug', destination }),
  });
  const database = createDatabase(testDatabase.url);
  const key = (await ensureFirstKey(database)) ?? '';
  return {
    app,
    database,
    configuration,
    dataDirectory,
    key,
    log,
    request: (method, address, sentKey = key) => {
      const test = supertest(app.getHttpServer())[method](address);
      return sentKey === null ? test : test.set('authorization', `Bearer ${sentKey}`);
    },
    createOtherProject: () => createProject(database),
    close: async () => {
      await app.close();
      await database.$disconnect();
      await testDatabase.drop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}

async function createProject(database: Database): Promise<string> {
  const key = `ek_${randomBytes(32).toString('base64url')}`;
  const projectId = testId('proj');
  await database.project.create({ data: { id: projectId, name: 'other' } });
  const digest = createHash('sha256').update(key).digest('hex');
  await database.apiKey.create({
    data: { id: testId('key'), projectId, name: 'other', prefix: key.slice(0, 9), digest },
  });
  return key;
}

let ids = 0;
/** An id in the form of real ones; later ones sort after those before. */
export const testId = (prefix: string): string => `${prefix}_${String((ids += 1)).padStart(26, '0')}`;
