import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { ensureRedisServer } from '../../scripts/redis-server.mjs';
import { freePort } from '../support/free-port.js';
import { startServerProcess } from './server-process.js';

/** A real Redis server, alone on a port and a folder. */
export interface RedisService {
  /** With the password, such as `redis://:secret@127.0.0.1:6379`. */
  readonly url: string;
  /** Process id of the server that runs now. */
  pid(): number;
  /** As when the machine loses power. */
  kill(): Promise<void>;
  /**
   * Ends the server if it runs, and starts it again on the same port.
   * @param options.data `lost`: with nothing of what it held
   */
  restart(options?: { readonly data: 'kept' | 'lost' }): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts a Redis server that writes everything to disk before it answers, and waits until it answers. */
export async function startRedis(): Promise<RedisService> {
  const program = await ensureRedisServer();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-redis-'));
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const data = path.join(folder, 'appendonlydir');
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    requirepass: password,
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const start = () =>
    startServerProcess({ program, args, logFile: path.join(folder, 'redis.log') }, () =>
      pings(port, password),
    );

  let server = await start();
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    pid: () => server.pid,
    kill: () => server.end('SIGKILL'),
    restart: async (options = { data: 'kept' }) => {
      await server.end('SIGTERM');
      if (options.data === 'lost') await rm(data, { recursive: true, force: true });
      server = await start();
    },
    stop: async () => {
      await server.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether the server at `port` takes the password and is ready; one that still loads its data is not. */
function pings(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let reply = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      reply += text;
      if (reply.split('\r\n').length > 2) socket.end();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(reply.startsWith('+OK\r\n+PONG\r\n')));
    socket.write(`AUTH ${password}\r\nPING\r\n`);
  });
}
