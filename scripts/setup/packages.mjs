import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../root.mjs';
import { runProgram } from '../run-program.mjs';
import { timed } from '../timed.mjs';

/** Whether node_modules holds what package-lock.json says, going by the list that npm writes when it has finished. */
export async function arePackagesCurrent() {
  const list = path.join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const [wanted, installed] = [
    await readPackages(path.join(ROOT, 'package-lock.json')),
    await readPackages(list),
  ];
  return Object.entries(wanted)
    .filter(([place]) => place.includes('node_modules/'))
    .every(([place, entry]) => {
      const present = installed[place];
      // Optional packages for other platforms are not installed.
      if (present === undefined) return entry.optional === true;
      return present.version === entry.version && present.integrity === entry.integrity;
    });
}

async function readPackages(file) {
  return JSON.parse(await readFile(file, 'utf8')).packages;
}

export async function installPackages(log) {
  log('Setting up: npm packages, TensorFlow, database client, build. The first time takes a few minutes.');
  const failure = 'npm could not install the packages';
  await timed(
    'npm packages',
    () => runProgram('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: ROOT, failure }),
    log,
  );
}
