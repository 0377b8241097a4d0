import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NativeInstallError } from '../libs/tensorflow/install/failure.mjs';
import { SetupError } from './setup-error.mjs';

/** Whether a module is the program that Node was started with. */
function isMain(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
}

/**
 * Runs `main` when the module at `url` is the program. What the machine lacks is told in a sentence, without a stack.
 * @param {string} url the module's `import.meta.url`
 * @param {() => Promise<void>} main
 */
export async function runWhenMain(url, main) {
  if (!isMain(url)) return;
  try {
    await main();
  } catch (error) {
    if (error instanceof SetupError) console.error(error.message);
    else if (error instanceof NativeInstallError) console.error(`${error.message} ${error.remedy}`);
    else throw error;
    process.exitCode = 1;
  }
}
