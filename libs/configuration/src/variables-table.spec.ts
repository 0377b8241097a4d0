import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { variableNames } from './read-configuration.js';
import { variablesTable } from './variables-table.js';

test('the README shows the table that the schema yields', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const table = readme.split('\n').filter((line) => line.startsWith('|'));
  // Prettier pads the cells of tables; the content is what counts.
  const bare = (lines: string[]) =>
    lines.map((line) => line.replace(/\s*\|\s*/g, '|').replace(/-{3,}/g, '---'));
  expect(bare(table)).toEqual(bare(variablesTable().split('\n')));
});

test.each(variableNames())('%s is documented in every column', (variable) => {
  const row = variablesTable()
    .split('\n')
    .find((line) => line.startsWith(`| \`${variable}\` |`));
  const cells = row
    ?.split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  expect(cells).toEqual([
    `\`${variable}\``,
    expect.stringMatching(/[^.]$/),
    expect.stringMatching(/./),
    expect.stringMatching(/./),
  ]);
});
