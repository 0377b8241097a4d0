import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Options } from './s3-object-store.js';

/** What to do with a request: pass it on, answer 503, or pass it on and break the connection instead of answering. */
export type Fault = 'none' | 'unavailable' | 'answer lost';

export interface FaultyProxy {
  /** Of the server behind it, with the proxy's address. */
  readonly options: S3Options;
  close(): Promise<void>;
}

/** Stands before a real S3 server and spoils requests. `decide` is told the method and URL of each. */
export async function startFaultyProxy(
  behind: S3Options,
  decide: (method: string, url: string) => Fault,
): Promise<FaultyProxy> {
  const target = new URL(behind.endpoint);
  const proxy = createServer((incoming, outgoing) => {
    const fault = decide(incoming.method ?? '', incoming.url ?? '');
    if (fault === 'unavailable') {
      incoming
        .resume()
        .once('end', () => outgoing.writeHead(503).end('<Error><Code>SlowDown</Code></Error>'));
    } else {
      passOn(incoming, outgoing, { target, fault });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    options: { ...behind, endpoint: `http://127.0.0.1:${port}` },
    close: async () => {
      proxy.close();
      proxy.closeAllConnections();
      await once(proxy, 'close');
    },
  };
}

function passOn(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, fault }: { readonly target: URL; readonly fault: Fault },
): void {
  // The host stays the proxy's, since the signature covers it.
  const { method, url, headers } = incoming;
  const sent = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
    if (fault === 'answer lost') {
      answer.resume().once('end', () => outgoing.destroy());
    } else {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    }
  });
  sent.once('error', () => outgoing.destroy());
  incoming.pipe(sent);
}
