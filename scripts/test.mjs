#!/usr/bin/env node
// Runs every test, from a fresh clone too: sets up, gets the servers and the Python that tests need, then Vitest.
// Arguments go to Vitest: `npm test -- libs/queue -t "stalled"`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cacheDirectory } from './cache-directory.mjs';
import { runWhenMain } from './main-module.mjs';
import { ensurePythonEnvironment } from './python-environment.mjs';
import { ensureRedisServer } from './redis-server.mjs';
import { ROOT } from './root.mjs';
import { setUp } from './setup.mjs';
import { ensureVersitygw } from './versitygw.mjs';

/** What a run of Vitest came to. A file that can't be loaded counts as a failed test. */
export function countTests(report, exitCode) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    // An error outside of all tests fails the run too.
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function runVitest(args, environment, reportFile) {
  const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  // The terminal interrupts Vitest too, which then ends by itself.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [exitCode] = await once(child, 'exit');
  return exitCode ?? 1;
}

await runWhenMain(import.meta.url, async () => {
  const log = (line) => console.log(line);
  await setUp({ log });
  const [python, versitygw] = await Promise.all([ensurePythonEnvironment({ log }), ensureVersitygw({ log })]);
  await ensureRedisServer({ log });

  const folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-test-'));
  const reportFile = path.join(folder, 'report.json');
  const environment = {
    EPOCHAL_CACHE_DIR: cacheDirectory(),
    EPOCHAL_PYTHON: python,
    EPOCHAL_VERSITYGW: versitygw,
  };
  const exitCode = await runVitest(process.argv.slice(2), environment, reportFile);
  const { passed, failed, skipped } = existsSync(reportFile)
    ? countTests(JSON.parse(await readFile(reportFile, 'utf8')), exitCode)
    : { passed: 0, failed: 1, skipped: 0 };
  await rm(folder, { recursive: true });
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = exitCode;
});
