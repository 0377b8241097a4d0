#!/usr/bin/env node
// Everything that is checked without running the product: types, lint, dependencies, formatting, and what is generated and committed.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../libs/tensorflow/install/commands.mjs';
import { runWhenMain } from './main-module.mjs';
import { ROOT } from './root.mjs';
import { prepare } from './setup.mjs';

/** A program of a package in node_modules. */
const tool = (file, ...args) => [process.execPath, path.join(ROOT, 'node_modules', file), ...args];

/** Projects of specs that tsconfig.json leaves out, since they would close a circle of references. */
function specProjects() {
  return readdirSync(path.join(ROOT, 'libs'))
    .map((name) => path.join('libs', name, 'tsconfig.spec.json'))
    .filter((file) => existsSync(path.join(ROOT, file)));
}

const CRUISED = ['libs', 'apps', 'scripts', 'test', 'bench', 'prisma'];

const CHECKS = [
  { title: 'types', command: tool('typescript/bin/tsc', '-b', 'tsconfig.json', ...specProjects()) },
  { title: 'types of the tests', command: tool('typescript/bin/tsc', '-p', 'test') },
  { title: 'lint', command: tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings') },
  {
    title: 'dependencies',
    command: tool('dependency-cruiser/bin/dependency-cruise.mjs', ...CRUISED),
  },
  { title: 'formatting', command: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { title: 'openapi.json', command: [process.execPath, 'apps/api/dist/openapi.js', '--check'] },
  { title: 'migrations', command: [process.execPath, 'prisma/migrate.mjs', 'check'] },
];

/** @returns {Promise<boolean>} whether the check passed; what it printed is shown when not */
async function passes({ title, command: [program, ...args] }) {
  const started = performance.now();
  const { code, output } = await runCommand(program, args, { cwd: ROOT });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

await runWhenMain(import.meta.url, async () => {
  await prepare({ log: (line) => console.log(line) });
  const failed = [];
  for (const check of CHECKS) {
    if (!(await passes(check))) failed.push(check.title);
  }
  if (failed.length === 0) return;
  console.log(`Failed: ${failed.join(', ')}`);
  process.exitCode = 1;
});
