import { existsSync } from 'node:fs';
import { runCommand } from '../../libs/tensorflow/install/commands.mjs';
import { findCompiler } from '../../libs/tensorflow/install/compile.mjs';
import { NativeInstallError } from '../../libs/tensorflow/install/failure.mjs';
import { chooseTarget } from '../../libs/tensorflow/install/target.mjs';
import { findDownloader } from '../../libs/tensorflow/install/wheel.mjs';
import { SetupError } from '../setup-error.mjs';

const OLDEST_NODE = [20, 19];

/** @throws {SetupError} when this Node is too old */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(
    `Node ${OLDEST_NODE.join('.')} or newer is needed and this is ${process.versions.node}: ` +
      'get it from https://nodejs.org/en/download, or with "brew install node" on macOS.',
  );
}

/**
 * Looks for npm and for what native TensorFlow will need, before anything is downloaded.
 * @throws {SetupError} with a line for each thing that is missing
 */
export async function checkPrerequisites() {
  const isDownloaded = existsSync(chooseTarget(process.env).directory);
  const missing = [];
  if (!(await runCommand('npm', ['--version'])).found) {
    missing.push(
      'There is no npm, which comes with Node from https://nodejs.org (Debian, Ubuntu: "apt-get install npm").',
    );
  }
  for (const find of isDownloaded ? [findCompiler] : [findDownloader, findCompiler]) {
    await find().catch((error) => {
      if (!(error instanceof NativeInstallError)) throw error;
      missing.push(`${error.message} ${error.remedy}`);
    });
  }
  if (missing.length > 0) throw new SetupError(missing.join('\n'));
}
