import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { ClientOptions } from 'minio';

type Transport = NonNullable<ClientOptions['transport']>;

/** In milliseconds. */
export interface S3Timeouts {
  /** For a connection to be made. */
  readonly connect: number;
  /** Without a byte in either direction. */
  readonly idle: number;
}

/** The server answered that it can't serve the request now. */
export class ServerStatusError extends Error {
  constructor(
    readonly status: number,
    /** The S3 error code, such as `SlowDown`, if the answer held one. */
    readonly code: string | undefined,
  ) {
    super(`the server answered ${status}${code === undefined ? '' : ` (${code})`}`);
  }
}

/** The server was silent for too long. */
export class ServerTimeoutError extends Error {
  constructor(
    readonly phase: keyof S3Timeouts,
    milliseconds: number,
  ) {
    super(
      phase === 'connect'
        ? `no connection after ${milliseconds} ms`
        : `no answer within ${milliseconds} ms of the last byte`,
    );
  }
}

/**
 * What the minio client sends requests through. Its own has no time-outs, and loses the body of an answer such as 503 or 507,
 * which says whether the disk is full.
 */
export function createTransport(secure: boolean, timeouts: S3Timeouts): Transport {
  const send = secure ? https.request : http.request;
  const request = (
    options: https.RequestOptions,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest => {
    let response: http.IncomingMessage | undefined;
    const sent = send({ ...options, timeout: timeouts.idle }, (received) => {
      response = received;
      const status = received.statusCode ?? 0;
      if (status < 500 && status !== 408 && status !== 429) onResponse(received);
      else failWithStatus(sent, received, status);
    });
    sent.on('timeout', () => {
      // A reader that is slower than the server leaves the connection silent too, and is no fault of the server.
      if (response !== undefined && response.readableLength > 0) sent.socket?.setTimeout(timeouts.idle);
      else sent.destroy(new ServerTimeoutError('idle', timeouts.idle));
    });
    limitConnecting(sent, timeouts.connect);
    return sent;
  };
  return { request: request as Transport['request'] };
}

function limitConnecting(request: http.ClientRequest, milliseconds: number): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(
      () => request.destroy(new ServerTimeoutError('connect', milliseconds)),
      milliseconds,
    );
    const stop = (): void => clearTimeout(timer);
    socket.once('connect', stop).once('close', stop);
  });
}

function failWithStatus(request: http.ClientRequest, response: Readable, status: number): void {
  let body = '';
  response
    .setEncoding('utf8')
    .on('data', (text: string) => {
      if (body.length < 65_536) body += text;
    })
    .once('error', (error) => request.emit('error', error))
    .once('end', () => {
      const code = /<Code>([A-Za-z0-9]+)<\/Code>/.exec(body)?.[1];
      request.emit('error', new ServerStatusError(status, code));
    });
}
