import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../root.mjs';

// Gone with the packages, on which every step depends.
const FOLDER = path.join(ROOT, 'node_modules', '.epochal');

/**
 * Does a step unless it was done with files of the same sizes and times.
 * @param {object} step
 * @param {string} step.name names the stamp
 * @param {readonly string[]} step.inputs paths of files
 * @param {readonly string[]} step.outputs paths that must exist
 * @param {() => Promise<void>} step.work
 */
export async function unlessDone({ name, inputs, outputs, work }) {
  const stamp = path.join(FOLDER, name);
  const digest = await digestOf(inputs);
  if (outputs.every((output) => existsSync(output)) && existsSync(stamp)) {
    if ((await readFile(stamp, 'utf8')) === digest) return;
  }
  await work();
  await mkdir(FOLDER, { recursive: true });
  // Taken before the work, so that a file saved meanwhile counts as changed.
  await writeFile(stamp, digest);
}

async function digestOf(files) {
  const states = await Promise.all(
    files.toSorted().map(async (file) => {
      const { mtimeMs, size } = await stat(file);
      return `${file} ${mtimeMs} ${size}`;
    }),
  );
  return createHash('sha256').update(states.join('\n')).digest('hex');
}
