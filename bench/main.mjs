#!/usr/bin/env node
// node bench/main.mjs [engine|service] [--json FILE]: prints a row a measurement; ratio is how many times faster ours is.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

/** Loaded when asked for: each needs programs of its own. */
const BENCHMARKS = {
  engine: async () => (await import('./engine.mjs')).benchEngine(),
  service: async () => (await import('./service.mjs')).benchService(),
};

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}: there are ${Object.keys(BENCHMARKS).join(', ')}`,
  );
  process.exit(2);
}

const rows = [];
for (const name of names) rows.push(...(await BENCHMARKS[name]()));
console.log(table(rows));
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);

function table(measured) {
  const cells = [
    ['case', 'metric', 'ours', 'peer', 'ratio'],
    ...measured.map(({ case: name, metric, ours, peer, ratio }) => [
      name,
      metric,
      short(ours),
      short(peer),
      `${ratio.toFixed(2)}x`,
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const aligned = (cell, column) =>
    column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return cells.map((line) => line.map(aligned).join('  ')).join('\n');
}

function short(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
