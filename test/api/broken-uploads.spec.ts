import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type TestService } from './service.js';

let service: TestService;
let port: number;

beforeAll(async () => {
  service = await startService({ UPLOAD_MAX_BYTES: '1MB' });
  await service.app.listen(0, '127.0.0.1');
  port = Number(new URL(await service.app.getUrl()).port);
});
afterAll(() => service.close());

async function filesLeft(): Promise<string[]> {
  const entries = await readdir(service.dataDirectory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/objects/.'));
}

async function expectNothingKept(): Promise<void> {
  await expect.poll(filesLeft).toEqual([]);
  expect(await service.database.dataset.count()).toBe(0);
}

/** Sends the head of an upload over a connection of its own. */
async function begin(headers: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /v1/datasets?name=a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.key}\r\n${headers}\r\n\r\n`,
  );
  return socket;
}

/** Waits until the service works on the upload. */
const untilReceiving = () => expect.poll(async () => (await filesLeft()).length).toBeGreaterThan(0);

const answerOf = async (socket: Socket): Promise<string> => {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes('\r\n\r\n') && text.endsWith('}')) break;
  }
  return text;
};

describe('an upload that breaks off', () => {
  it.each([
    ['before its Content-Length is reached', 'Content-Type: text/csv\r\nContent-Length: 1000', 'a,b\n1,2\n'],
    ['between two chunks', 'Content-Type: text/csv\r\nTransfer-Encoding: chunked', '8\r\na,b\n1,2\n\r\n'],
    [
      'in the middle of a form',
      'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n1,2\n',
    ],
  ])('%s leaves nothing behind', async (_, headers, body) => {
    const socket = await begin(headers);
    socket.write(body);
    await untilReceiving();
    socket.destroy();
    await expectNothingKept();
  });

  it('in a form that ends without its last boundary is told so, and leaves nothing behind', async () => {
    const form =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n1,2\n\r\n--b\r\n';
    const socket = await begin(
      `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${form.length}`,
    );
    socket.write(form);
    const answer = await answerOf(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"upload_incomplete"');
    socket.destroy();
    await expectNothingKept();
  });

  it('frees its idempotency key', async () => {
    const socket = await begin('Content-Type: text/csv\r\nIdempotency-Key: broken\r\nContent-Length: 1000');
    socket.write('a,b\n1,2\n');
    await expect.poll(() => service.database.idempotencyKey.count()).toBe(1);
    socket.destroy();
    await expect.poll(() => service.database.idempotencyKey.count()).toBe(0);
  });
});

describe('an upload beyond the limit', () => {
  it('is refused by its Content-Length before it is sent', async () => {
    const socket = await begin('Content-Type: text/csv\r\nContent-Length: 1000001');
    expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    await expectNothingKept();
  });

  it('is refused while it is sent, and the answer reaches a client that goes on sending', async () => {
    const socket = await begin('Content-Type: text/csv\r\nTransfer-Encoding: chunked');
    const line = 'x'.repeat(9_999);
    const answer = answerOf(socket);
    for (let sent = 0; sent < 300; sent += 1) {
      if (!socket.write(`2710\r\n${line}\n\r\n`)) await once(socket, 'drain');
    }
    const text = await answer;
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"code":"payload_too_large"');
    socket.destroy();
    await expectNothingKept();
  });

  it('is refused in a form, too', async () => {
    const { body } = await service
      .request('post', '/v1/datasets?name=a')
      .attach('file', Buffer.alloc(1_000_001, 'a,b\n'), 'a.csv')
      .expect(413);
    expect(body.code).toBe('payload_too_large');
    await expectNothingKept();
  });

  it('has exactly its limit', async () => {
    const content = Buffer.from(`a,b\n${'1,2\n'.repeat(249_999)}`);
    expect(content.length).toBe(1_000_000);
    await service
      .request('post', '/v1/datasets?name=a')
      .set('content-type', 'text/csv')
      .send(content)
      .expect(201);
  });
});
