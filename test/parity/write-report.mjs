#!/usr/bin/env node
// Runs all comparisons with real Keras and writes what they measured to docs/parity.md.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import prettier from 'prettier';
import { pythonExecutable } from '../../scripts/python-environment.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TITLES = {
  layers: 'Layers',
  activations: 'Activation functions',
  losses: 'Losses',
  metrics: 'Metrics',
  optimizers: 'Optimizers',
  schedules: 'Learning rate schedules',
  regularizers: 'Regularizers',
  constraints: 'Constraints',
};

async function runComparisons() {
  const folder = await mkdtemp(path.join(tmpdir(), 'epochal-parity-'));
  const results = path.join(folder, 'results.jsonl');
  try {
    const files = (await readdir(HERE)).filter((name) => name.endsWith('.spec.ts'));
    const specs = files.map((name) => `test/parity/${name}`);
    execFileSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...specs], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, EPOCHAL_PARITY_RESULTS: results },
    });
    const lines = (await readFile(results, 'utf8')).trim().split('\n');
    return lines.map((line) => JSON.parse(line));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Rows by class, each with its number of cases and the worst difference of each thing measured. */
function summarise(measured) {
  const rows = new Map();
  for (const { className, differences } of measured) {
    const row = rows.get(className) ?? { cases: 0, worst: {} };
    row.cases += 1;
    for (const [what, size] of Object.entries(differences)) {
      row.worst[what] = Math.max(row.worst[what] ?? 0, size);
    }
    rows.set(className, row);
  }
  return [...rows].sort(([a], [b]) => a.localeCompare(b));
}

const format = (size) => (size === undefined ? '' : size === 0 ? '0' : size.toExponential(1));

function table(measured) {
  const rows = summarise(measured);
  const columns = [...new Set(rows.flatMap(([, { worst }]) => Object.keys(worst)))];
  return [
    `| class | cases | ${columns.join(' | ')} |`,
    `| --- | ---: | ${columns.map(() => '---:').join(' | ')} |`,
    ...rows.map(
      ([name, { cases, worst }]) =>
        `| ${name} | ${cases} | ${columns.map((column) => format(worst[column])).join(' | ')} |`,
    ),
  ].join('\n');
}

function versions() {
  const program = 'import keras, tensorflow; print(keras.__version__, tensorflow.__version__)';
  const [keras, tensorflow] = execFileSync(pythonExecutable(), ['-c', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split(' ');
  return { keras, tensorflow };
}

const measured = await runComparisons();
const { keras, tensorflow } = versions();
const sections = Object.entries(TITLES).map(
  ([section, title]) => `## ${title}\n\n${table(measured.filter((each) => each.section === section))}`,
);
const text = `# Parity with Keras

Written by \`node test/parity/write-report.mjs\`, which runs \`test/parity\`: each case goes through real Keras ${keras}
(TensorFlow ${tensorflow}) and through Epochal, and this page has what was measured. ${measured.length} cases, all within their tolerance:
1e-5, or 1e-4 for convolutions and recurrent layers.

A number is the largest difference of any case of the class, relative to the largest number of the compared tensor, or to 1
where that is larger. \`updated\` compares weights that the layer itself changes in training, \`masks\` the masks of the
outputs (0: the same), \`total\` the sum of outputs times fixed numbers and all penalties, of which \`gradients\` are taken
with respect to inputs and weights. Optimizers are compared over six steps or more, with their state.

${sections.join('\n\n')}
`;
const target = path.join(ROOT, 'docs/parity.md');
const options = await prettier.resolveConfig(target);
await writeFile(target, await prettier.format(text, { ...options, filepath: target }));
