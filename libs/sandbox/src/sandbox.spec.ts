import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { confine, detectSandbox, type SandboxMode } from './sandbox.js';

const run = promisify(execFile);
const mode: SandboxMode = await detectSandbox('auto');

describe(`a program confined by: ${mode}`, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.homedir(), '.epochal-sandbox-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const evaluate = async (script: string) => {
    const { command, args, env } = confine(mode, {
      command: process.execPath,
      args: ['-e', script],
      readable: [process.execPath],
      writable: [folder],
      environment: { GREETING: 'hello' },
    });
    return (await run(command, args, { env })).stdout;
  };

  it('sees only the environment that it is given', async () => {
    process.env['EPOCHAL_SECRET_OF_THE_PARENT'] = 'secret';
    const environment = JSON.parse(await evaluate('console.log(JSON.stringify(process.env))'));
    expect(environment.GREETING).toBe('hello');
    expect(environment).not.toHaveProperty('EPOCHAL_SECRET_OF_THE_PARENT');
  });

  it('writes into its own folder', async () => {
    const file = path.join(folder, 'out.txt');
    await evaluate(`require('fs').writeFileSync(${JSON.stringify(file)}, 'written')`);
    expect(await readFile(file, 'utf8')).toBe('written');
  });

  it.runIf(mode === 'bubblewrap')(
    'sees no file of another folder and cannot write to the system',
    async () => {
      const foreign = path.join(os.homedir(), `.epochal-foreign-${process.pid}`);
      await writeFile(foreign, 'private');
      const script = `const fs = require('fs');
      const attempt = (action) => { try { action(); return 'done'; } catch (error) { return error.code; } };
      console.log(JSON.stringify([
        attempt(() => fs.readFileSync(${JSON.stringify(foreign)})),
        attempt(() => fs.readFileSync('/etc/passwd')),
        attempt(() => fs.writeFileSync('/usr/epochal', 'x')),
      ]));`;
      expect(JSON.parse(await evaluate(script))).toEqual(['ENOENT', 'ENOENT', 'EROFS']);
      await rm(foreign);
    },
  );

  it.runIf(mode === 'bubblewrap')('reaches no network, not even this machine', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const script = `require('net').connect(${port}, '127.0.0.1')
      .on('connect', () => { console.log('connected'); process.exit(); })
      .on('error', (error) => { console.log(error.code); process.exit(); });`;
    expect((await evaluate(script)).trim()).toBe('ECONNREFUSED');
    server.close();
  });
});
