import { Worker, isMainThread, SHARE_ENV } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
if (isMainThread) {
  const t = performance.now();
  process.on('SIGUSR2', () => {});
  const w = new Worker(fileURLToPath(new URL('./scratch-signal.mjs', import.meta.url)), {
    argv: process.argv.slice(2),
    env: SHARE_ENV,
  });
  w.on('exit', (c) => console.log('exit', c, performance.now() - t));
  w.on('error', (e) => console.log(e));
}
