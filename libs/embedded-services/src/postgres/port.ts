import { createServer } from 'node:net';

/** The address that the embedded Postgres listens on, and nothing else. */
export const host = '127.0.0.1';

/** Whether nothing listens on `port`. Another program may still take it before the caller does. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port)) === port;
}

/** A port that nothing listens on. Another program may still take it before the caller does. */
export async function findFreePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === undefined) throw new Error(`No port is free on ${host}`);
  return port;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
