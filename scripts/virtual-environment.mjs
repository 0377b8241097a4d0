import path from 'node:path';
import { findPython } from './find-python.mjs';
import { runProgram } from './run-program.mjs';

/**
 * Makes an empty virtual environment with venv and pip, or with uv.
 * @param {string} folder
 * @returns {Promise<{ bin: string, install: (requirements: string, failure: string) => Promise<void> }>} its programs' folder, and
 *   how to install a list of packages that is complete and pinned by digest, so that nothing is left to resolve
 */
export async function createVirtualEnvironment(folder) {
  const found = await findPython();
  const bin = path.join(folder, 'bin');
  const python = path.join(bin, 'python');
  const [make, install] =
    found.tool === 'uv'
      ? [
          ['uv', 'venv', '--quiet', '--python', found.version],
          ['uv', 'pip', 'install', '--quiet', '--python', python],
        ]
      : [
          [found.python, '-m', 'venv'],
          [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-cache-dir'],
        ];
  await run(make, [folder], 'A Python environment could not be made');
  return {
    bin,
    install: (requirements, failure) =>
      run(install, ['--no-deps', '--require-hashes', '--requirement', requirements], failure),
  };
}

async function run([command, ...leading], args, failure) {
  await runProgram(command, [...leading, ...args], { failure });
}
