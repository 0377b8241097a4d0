import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'minio';
import { ensureVersitygw } from '../../scripts/versitygw.mjs';
import { freePort } from '../support/free-port.js';
import { startServerProcess } from './server-process.js';

/** A real S3 server, alone on a port and a folder. It has no bucket at first. */
export interface S3Service {
  /** Such as `http://127.0.0.1:9000`; buckets are the first part of the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Process id of the server that runs now. */
  pid(): number;
  /** As when the machine loses power. */
  kill(): Promise<void>;
  /** Ends the server if it runs, and starts it again on the same port with the same objects. */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts an S3 server that checks signatures, and waits until it answers. */
export async function startS3(): Promise<S3Service> {
  const program = await ensureVersitygw();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-s3-'));
  const port = await freePort();
  const region = 'us-east-1';
  const accessKeyId = 'epochal-test';
  const secretAccessKey = randomBytes(24).toString('base64url');

  const [objects, metadata] = [path.join(folder, 'objects'), path.join(folder, 'metadata')];
  for (const part of [objects, metadata]) await mkdir(part);
  const command = {
    program,
    // A folder for metadata, since not every file system of temporary files has extended attributes.
    args: [
      '--port',
      `127.0.0.1:${port}`,
      '--region',
      region,
      '--quiet',
      'posix',
      '--sidecar',
      metadata,
      objects,
    ],
    environment: { ROOT_ACCESS_KEY_ID: accessKeyId, ROOT_SECRET_ACCESS_KEY: secretAccessKey },
    logFile: path.join(folder, 'versitygw.log'),
  };
  const client = new Client({
    endPoint: '127.0.0.1',
    port,
    useSSL: false,
    region,
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
  });
  const answers = () =>
    client.listBuckets().then(
      () => true,
      () => false,
    );

  let server = await startServerProcess(command, answers);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region,
    accessKeyId,
    secretAccessKey,
    pid: () => server.pid,
    kill: () => server.end('SIGKILL'),
    restart: async () => {
      await server.end('SIGTERM');
      server = await startServerProcess(command, answers);
    },
    stop: async () => {
      await server.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
