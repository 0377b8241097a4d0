import { runUntilStopped } from './run-until-stopped.js';

await runUntilStopped(async ({ url }) => {
  console.log(`Epochal runs at ${url}. Ctrl-C stops it.`);
});
