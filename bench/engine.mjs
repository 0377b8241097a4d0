// How fast the engine trains, beside Keras on the same machine in the same run: by default, and tuned as well as it goes
// (steps_per_execution 1, 50 or 200, jit_compile on or off). Both are timed by their own epochs, at their fastest of three in
// each round; they take turns, so that both see the same machine.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensurePythonEnvironment } from '../scripts/python-environment.mjs';

const ROUNDS = 2;
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
  const { batch_size, steps } = each;
  const kerasRuns = [];
  const ourRuns = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const keras = await outputOf(python, [file('keras_steps.py'), JSON.stringify(each)]);
    const spec = JSON.stringify({ definition: keras.definition, compile: keras.compile, batch_size, steps });
    kerasRuns.push(keras);
    ourRuns.push(await outputOf(process.execPath, [file('our-steps.mjs'), spec]));
  }
  const least = (runs, key) => Math.min(...runs.map((run) => run[key]));
  const tuned = kerasRuns.reduce((best, run) => (run.tuned_us < best.tuned_us ? run : best));
  const name = `${each.case}, batch ${batch_size}`;
  const us = least(ourRuns, 'us');
  const start = 'first_step_seconds';
  return [
    row(name, 'µs a step (peer: Keras default)', us, least(kerasRuns, 'default_us')),
    row(name, `µs a step (peer: Keras ${tuned.tuned_by})`, us, tuned.tuned_us),
    row(name, 's from process start to first step', least(ourRuns, start), least(kerasRuns, start)),
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
