#!/usr/bin/env node
// Installs native TensorFlow for TensorFlow.js: `node libs/tensorflow/install/install.mjs`.
// Plain JavaScript on Node's own modules, because it runs before anything is compiled.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand, tail } from './commands.mjs';
import { SESSION_OPTIONS, compileBinding } from './compile.mjs';
import { NativeInstallError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { chooseTarget } from './target.mjs';
import { unpackTensorFlow } from './wheel.mjs';

export { NativeInstallError } from './failure.mjs';

const require = createRequire(import.meta.url);

/**
 * Makes `@tensorflow/tfjs-node-gpu` load TensorFlow from the Python package index's wheel, and does nothing when it already does.
 * The libraries and the compiled binding are kept in the user's cache folder; the npm package gets a link to the binding.
 * @param {{ log?: (line: string) => void, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ binding: string, libraries: string, changed: boolean }>} paths in the cache folder, and whether anything was done
 * @throws {NativeInstallError} says what is missing and how to get it
 */
export async function installNativeTensorFlow({ log = () => {}, env = process.env } = {}) {
  const target = chooseTarget(env);
  const tfjs = await findTensorFlowJs();
  const binding = path.join(target.directory, bindingFolder(tfjs), 'tfjs_binding.node');
  const link = path.join(tfjs.directory, 'lib', `napi-v${tfjs.napiVersion}`, 'tfjs_binding.node');
  const installation = { binding, libraries: path.join(target.directory, 'tensorflow') };
  if (existsSync(binding) && pointsTo(link, binding)) return { ...installation, changed: false };

  const wait = () => log('another process is installing TensorFlow; waiting for it');
  await withLock(`${target.directory}.lock`, wait, async () => {
    if (!existsSync(target.directory)) await fillCache(target, log);
    if (!existsSync(binding)) {
      log('compiling the binding');
      await compileBinding({
        tensorflow: target.directory,
        libraries: target.libraries,
        sources: tfjs.directory,
        nodeHeaders: path.join(path.dirname(require.resolve('node-api-headers/package.json')), 'include'),
        napiVersion: tfjs.napiVersion,
        output: binding,
      });
      await tryToLoad(binding);
    }
    await placeLink(link, binding);
  });
  log(`TensorFlow ${target.key} is ready`);
  return { ...installation, changed: true };
}

/** The npm package, and the highest version of Node-API that both it and this Node know: where it looks for its binding. */
async function findTensorFlowJs() {
  const manifest = require.resolve('@tensorflow/tfjs-node-gpu/package.json');
  const { version, binary } = JSON.parse(await readFile(manifest, 'utf8'));
  const known = binary.napi_versions.filter((napi) => napi <= Number(process.versions.napi));
  return { directory: path.dirname(manifest), version, napiVersion: Math.max(...known) };
}

/** Names what the binding is compiled from, so that a change of it compiles anew. */
function bindingFolder({ version, napiVersion }) {
  const options = createHash('sha256').update(readFileSync(SESSION_OPTIONS)).digest('hex').slice(0, 8);
  return `tfjs-${version}-napi-v${napiVersion}-${options}`;
}

/** Fills a folder beside the final one and renames it, so that the final one is always complete. */
async function fillCache(target, log) {
  const partial = `${target.directory}.${process.pid}.partial`;
  try {
    await removePartials(target.directory);
    await mkdir(partial, { recursive: true });
    await unpackTensorFlow(target, partial, log);
    await rename(partial, target.directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another process, on another machine with the same cache, was first: its folder is as good.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}

/** Removes what killed installations left. */
async function removePartials(directory) {
  const parent = path.dirname(directory);
  const left = (await readdir(parent)).filter(
    (name) => name.startsWith(`${path.basename(directory)}.`) && name.endsWith('.partial'),
  );
  for (const name of left) await rm(path.join(parent, name), { recursive: true, force: true });
}

/** A binding that this system can't load is not kept. */
async function tryToLoad(binding) {
  const program = `process.dlopen({ exports: {} }, ${JSON.stringify(binding)})`;
  const result = await runCommand(process.execPath, ['--eval', program]);
  if (result.code === 0) return;
  await rm(binding, { force: true });
  throw new NativeInstallError(
    `The compiled binding can't be loaded:\n${tail(result.output)}`,
    'TensorFlow needs glibc 2.27 or newer, libstdc++, and a processor with AVX.',
  );
}

async function placeLink(link, binding) {
  if (pointsTo(link, binding)) return;
  const partial = `${link}.${process.pid}.partial`;
  await mkdir(path.dirname(link), { recursive: true });
  await symlink(binding, partial);
  await rename(partial, link);
}

function pointsTo(link, file) {
  return existsSync(link) && realpathSync(link) === realpathSync(file);
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    const { changed, libraries } = await installNativeTensorFlow({ log: (line) => console.log(line) });
    if (!changed) console.log(`TensorFlow is already installed in ${libraries}`);
  } catch (error) {
    if (!(error instanceof NativeInstallError)) throw error;
    console.error(`${error.message}\n${error.remedy}`);
    process.exitCode = 1;
  }
}
