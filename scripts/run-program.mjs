import { runCommand, tail } from '../libs/tensorflow/install/commands.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * Runs a program that must succeed, and gives its output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, failure: string }} options `failure` says what did not work, without a full stop
 * @returns {Promise<string>}
 */
export async function runProgram(command, args, { failure, ...options }) {
  const { found, code, output } = await runCommand(command, args, options);
  if (!found) throw new SetupError(`${failure}: there is no program "${command}".`);
  if (code !== 0) throw new SetupError(`${failure}:\n${tail(output)}`);
  return output;
}
