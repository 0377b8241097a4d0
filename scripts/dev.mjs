#!/usr/bin/env node
// Runs the service and starts it again after each change that compiles.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { runWhenMain } from './main-module.mjs';
import { ROOT } from './root.mjs';
import { setUp } from './setup.mjs';

/** A service that is started again on demand; demands that come while it stops are one. */
class RestartedService {
  #child;
  #restarting = false;

  constructor(main) {
    this.main = main;
  }

  async restart() {
    if (this.#restarting) return;
    this.#restarting = true;
    await this.stop();
    this.#restarting = false;
    this.#child = spawn(process.execPath, ['--enable-source-maps', this.main], {
      cwd: ROOT,
      stdio: 'inherit',
    });
  }

  async stop() {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
}

await runWhenMain(import.meta.url, async () => {
  await setUp({ log: (line) => console.log(line) });
  const service = new RestartedService(path.join(ROOT, 'apps', 'standalone', 'dist', 'main.js'));
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const compiler = spawn(process.execPath, [tsc, '-b', '--watch', '--preserveWatchOutput'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => compiler.kill());
  }
  for await (const line of createInterface({ input: compiler.stdout })) {
    if (line.trim() !== '') console.log(line);
    if (line.includes('Found 0 errors')) await service.restart();
  }
  await service.stop();
});
