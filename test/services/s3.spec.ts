import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'minio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonExecutable } from '../../scripts/python-environment.mjs';
import { type S3Service, startS3 } from './s3.js';

const BOTO3_ROUND_TRIP = fileURLToPath(new URL('boto3_round_trip.py', import.meta.url));

describe('an S3 server for tests', () => {
  let service: S3Service;
  let client: Client;

  function connect(secretKey: string): Client {
    return new Client({
      endPoint: '127.0.0.1',
      port: Number(new URL(service.endpoint).port),
      useSSL: false,
      region: service.region,
      accessKey: service.accessKeyId,
      secretKey,
    });
  }

  async function read(bucket: string, key: string): Promise<string> {
    return Buffer.concat(await (await client.getObject(bucket, key)).toArray()).toString();
  }

  beforeAll(async () => {
    service = await startS3();
    client = connect(service.secretAccessKey);
    await client.makeBucket('models');
  });
  afterAll(() => service?.stop());

  it('gives back an object with its metadata', async () => {
    await client.putObject('models', 'runs/1/weights', 'bytes', 5, { 'x-amz-meta-epoch': '7' });
    expect(await read('models', 'runs/1/weights')).toBe('bytes');
    expect(await client.statObject('models', 'runs/1/weights')).toMatchObject({
      size: 5,
      metaData: { epoch: '7' },
    });
  });

  it('refuses a wrong secret', async () => {
    await expect(connect('wrong').listBuckets()).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('serves a presigned link, and refuses one that was changed', async () => {
    await client.putObject('models', 'presigned', 'bytes');
    const link = await client.presignedGetObject('models', 'presigned', 60);
    expect(await (await fetch(link)).text()).toBe('bytes');
    expect((await fetch(link.replace('/presigned', '/other'))).status).toBe(403);
  });

  it('has its objects when it starts again after a kill', async () => {
    await client.putObject('models', 'kept', 'bytes', 5, { 'x-amz-meta-epoch': '7' });
    const pid = service.pid();
    await service.kill();
    await expect(client.statObject('models', 'kept')).rejects.toThrow('ECONNREFUSED');
    await service.restart();
    expect(service.pid()).not.toBe(pid);
    expect(await read('models', 'kept')).toBe('bytes');
    expect((await client.statObject('models', 'kept')).metaData).toMatchObject({ epoch: '7' });
  });

  it('works with boto3, multipart uploads and listings by the page included', async () => {
    const { stdout } = await promisify(execFile)(pythonExecutable(), [BOTO3_ROUND_TRIP], {
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: service.accessKeyId,
        AWS_SECRET_ACCESS_KEY: service.secretAccessKey,
        AWS_DEFAULT_REGION: service.region,
        AWS_ENDPOINT_URL_S3: service.endpoint,
      },
    });
    expect(JSON.parse(stdout)).toEqual({
      multipart_bytes: 12 * 2 ** 20,
      same_bytes: true,
      listed: 101,
      pages: 3,
    });
  });
});
