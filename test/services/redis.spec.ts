import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { type RedisService, startRedis } from './redis.js';

describe('a Redis server for tests', () => {
  const services: RedisService[] = [];
  const clients: Redis[] = [];

  async function start(): Promise<RedisService> {
    const service = await startRedis();
    services.push(service);
    return service;
  }

  function connect(url: string): Redis {
    const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    for (const service of services.splice(0)) await service.stop();
  });

  it('takes commands as soon as it has started', async () => {
    const client = connect((await start()).url);
    await client.set('epoch', '7');
    expect(await client.get('epoch')).toBe('7');
  });

  it('refuses a client without the password', async () => {
    const url = new URL((await start()).url);
    url.password = '';
    await expect(connect(url.href).ping()).rejects.toThrow('NOAUTH');
  });

  it('never evicts, as BullMQ demands', async () => {
    const client = connect((await start()).url);
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  });

  it('shares nothing with another one', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    await connect(first.url).set('epoch', '7');
    expect(await connect(second.url).get('epoch')).toBeNull();
  });

  it('has what was written when it starts again after a kill', async () => {
    const service = await start();
    await connect(service.url).set('epoch', '7');
    const pid = service.pid();
    await service.kill();
    await expect(connect(service.url).ping()).rejects.toThrow('Connection is closed');
    await service.restart();
    expect(service.pid()).not.toBe(pid);
    expect(await connect(service.url).get('epoch')).toBe('7');
  });

  it('has lost everything when it starts again without its data', async () => {
    const service = await start();
    await connect(service.url).set('epoch', '7');
    await service.restart({ data: 'lost' });
    expect(await connect(service.url).dbsize()).toBe(0);
  });

  it('accepts no connection after it was stopped', async () => {
    const service = await start();
    await service.stop();
    await expect(connect(service.url).ping()).rejects.toThrow('Connection is closed');
  });
});
