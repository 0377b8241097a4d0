#!/usr/bin/env node
// Makes the Python environment that the tests compare with (Keras, TensorFlow) and take programs from.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../libs/tensorflow/install/lock.mjs';
import { cacheDirectory } from './cache-directory.mjs';
import { placeLink } from './place-link.mjs';
import { runWhenMain } from './main-module.mjs';
import { timed } from './timed.mjs';
import { createVirtualEnvironment } from './virtual-environment.mjs';

const REQUIREMENTS = fileURLToPath(new URL('python-requirements.txt', import.meta.url));

/** A link to the current environment, so that a new one takes its place in one step. */
function environmentLink() {
  return path.join(cacheDirectory(), 'python');
}

/** The environment's Python; there only after {@link ensurePythonEnvironment}. */
export function pythonExecutable() {
  return path.join(environmentLink(), 'bin', 'python');
}

/** A program that a Python package brought, such as `tensorboard`. */
export function pythonProgram(name) {
  return path.join(environmentLink(), 'bin', name);
}

/**
 * Makes the environment that python-requirements.txt describes, and does nothing when it is there.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>} the environment's Python
 * @throws {import('./setup-error.mjs').SetupError} says what is missing and how to get it
 */
export async function ensurePythonEnvironment({ log = () => {} } = {}) {
  const digest = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex');
  if (await isCurrent(digest)) return pythonExecutable();
  const wait = () => log('another process is making the Python environment; waiting for it');
  await withLock(`${environmentLink()}.lock`, wait, async () => {
    if (!(await isCurrent(digest))) await makeEnvironment(digest, log);
  });
  return pythonExecutable();
}

async function isCurrent(digest) {
  const stamp = path.join(environmentLink(), 'requirements.sha256');
  return existsSync(stamp) && existsSync(pythonExecutable()) && (await readFile(stamp, 'utf8')) === digest;
}

async function makeEnvironment(digest, log) {
  const folder = `${environmentLink()}-${digest.slice(0, 12)}-${process.pid}`;
  await rm(folder, { recursive: true, force: true });
  await timed(
    'Keras, TensorFlow and other Python packages for the tests',
    async () => {
      const environment = await createVirtualEnvironment(folder);
      await environment.install(
        REQUIREMENTS,
        'Python packages could not be installed (they need 2 GB of disk)',
      );
    },
    log,
  );
  await writeFile(path.join(folder, 'requirements.sha256'), digest);
  await placeLink(environmentLink(), path.basename(folder));
  await removeOthers(path.dirname(folder), path.basename(folder));
}

/** Removes the environment that was current before, and what killed runs left. */
async function removeOthers(directory, current) {
  const others = (await readdir(directory)).filter(
    (name) => /^python-[0-9a-f]{12}-\d+$/.test(name) && name !== current,
  );
  for (const name of others) await rm(path.join(directory, name), { recursive: true, force: true });
}

await runWhenMain(import.meta.url, async () => {
  console.log(await ensurePythonEnvironment({ log: (line) => console.error(line) }));
});
