#!/usr/bin/env node
// Brings a clone to where it runs: packages, TensorFlow, database client, build. Does only what is not done yet.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { installNativeTensorFlow } from '../libs/tensorflow/install/install.mjs';
import { withLock } from '../libs/tensorflow/install/lock.mjs';
import { cacheDirectory } from './cache-directory.mjs';
import { runWhenMain } from './main-module.mjs';
import { ROOT } from './root.mjs';
import { build } from './setup/build.mjs';
import { generateDatabaseClient } from './setup/database-client.mjs';
import { arePackagesCurrent, installPackages } from './setup/packages.mjs';
import { checkNode, checkPrerequisites } from './setup/prerequisites.mjs';

/**
 * Does all that comes before compiling.
 * @param {{ log: (line: string) => void }} options gets a line for each step done
 * @throws {import('./setup-error.mjs').SetupError | import('../libs/tensorflow/install/failure.mjs').NativeInstallError}
 *   says what is missing and how to get it
 */
export async function prepare({ log }) {
  checkNode();
  await alone(log, async () => {
    if (!(await arePackagesCurrent())) {
      await checkPrerequisites();
      await installPackages(log);
    }
    await installNativeTensorFlow({ log });
    await generateDatabaseClient(log);
  });
}

/** Does everything; see {@link prepare}. */
export async function setUp({ log }) {
  await prepare({ log });
  await alone(log, () => build(log));
}

/** Runs `work` while no other process sets this clone up. */
async function alone(log, work) {
  const clone = createHash('sha256').update(ROOT).digest('hex').slice(0, 12);
  const lock = path.join(cacheDirectory(), 'locks', `setup-${clone}`);
  await withLock(lock, () => log('another process is setting up; waiting for it'), work);
}

await runWhenMain(import.meta.url, () => setUp({ log: (line) => console.log(line) }));
