import { runCommand } from '../libs/tensorflow/install/commands.mjs';
import { SetupError } from './setup-error.mjs';

// TensorFlow 2.21 and Keras 3.15 are both published for these.
const VERSIONS = ['3.11', '3.12', '3.13'];
const PROGRAMS = ['python3', 'python3.13', 'python3.12', 'python3.11'];

const PROBE = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';

/**
 * How to make a virtual environment here: with uv when there is one, else with a Python that has venv and pip.
 * @returns {Promise<{ tool: 'uv', version: string } | { tool: 'venv', python: string }>}
 * @throws {SetupError} when there is neither
 */
export async function findPython() {
  for (const python of PROGRAMS) {
    const { found, code, output } = await runCommand(python, ['-c', PROBE]);
    if (found && code === 0 && VERSIONS.includes(output.trim())) return { tool: 'venv', python };
  }
  const uv = await runCommand('uv', ['--version']);
  if (uv.found && uv.code === 0) return { tool: 'uv', version: VERSIONS[0] };
  throw new SetupError(
    `The tests need Python ${VERSIONS[0]} to ${VERSIONS.at(-1)} with venv and pip, or uv: ` +
      '"apt-get install python3-venv python3-pip" (Debian, Ubuntu), "dnf install python3-pip" (Fedora) or "brew install uv" (macOS).',
  );
}
