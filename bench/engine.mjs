// How fast the engine trains, beside Keras on the same machine in the same run: by default, and tuned as well as it goes
// (steps_per_execution 1, 50 or 200, jit_compile on or off). Both are timed by their own epochs, at their fastest of three.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensurePythonEnvironment } from '../scripts/python-environment.mjs';

const run = promisify(execFile);
const file = (name) => fileURLToPath(new URL(`engine/${name}`, import.meta.url));

/** @returns {Promise<{ case: string, metric: string, ours: number, peer: number, ratio: number }[]>} */
export async function benchEngine() {
  const python = await ensurePythonEnvironment();
  const cases = JSON.parse(await readFile(file('cases.json'), 'utf8'));
  const rows = [];
  for (const each of cases) rows.push(...(await benchCase(python, each)));
  return rows;
}

async function benchCase(python, each) {
  const keras = await outputOf(python, [file('keras_steps.py'), JSON.stringify(each)]);
  const { definition, compile } = keras;
  const { batch_size, steps } = each;
  const spec = JSON.stringify({ definition, compile, batch_size, steps });
  const ours = await outputOf(process.execPath, [file('our-steps.mjs'), spec]);
  const name = `${each.case}, batch ${batch_size}`;
  return [
    row(name, 'µs a step (peer: Keras default)', ours.us, keras.default_us),
    row(name, `µs a step (peer: Keras ${keras.tuned_by})`, ours.us, keras.tuned_us),
    row(name, 's from process start to first step', ours.first_step_seconds, keras.first_step_seconds),
  ];
}

/** The JSON that a program prints. */
async function outputOf(program, args) {
  try {
    const { stdout } = await run(program, args, { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`${program} ${args[0]} failed: ${error.stderr ?? error.message}`, { cause: error.code });
  }
}

const row = (name, metric, ours, peer) => ({ case: name, metric, ours, peer, ratio: peer / ours });
