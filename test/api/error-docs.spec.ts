import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeApi } from '@epochal/api';
import { PROBLEM_CODES, PROBLEMS } from '@epochal/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentedOperations } from './documented-operations.js';

const FILE = fileURLToPath(new URL('../../docs/api-errors.md', import.meta.url));
let text: string;
beforeAll(async () => {
  text = await readFile(path.resolve(FILE), 'utf8');
});

describe('docs/api-errors.md', () => {
  it('lists every code with its status and title, as the catalogue has them', () => {
    const rows = Array.from(
      text.matchAll(/^\| `(\w+)` +\| (\d+) +\| (.+?) +\|$/gm),
      ([, code, status, title]) => ({
        code,
        status: Number(status),
        title,
      }),
    );
    expect(rows).toEqual(PROBLEM_CODES.map((code) => ({ code, ...PROBLEMS[code] })));
  });

  it('says of every code what to do, in the order of the list', () => {
    const sections = Array.from(text.matchAll(/^### `(\w+)`\n\n(.+)/gm), ([, code]) => code);
    expect(sections).toEqual(PROBLEM_CODES);
  });
});

describe('the codes that operations document', () => {
  it('are those of the catalogue, but for those of no operation in particular', async () => {
    const documented = documentedOperations(await describeApi())
      .flatMap(({ responses }) => Object.values(responses))
      .flatMap(({ description }) => Array.from(description.matchAll(/`(\w+)`: /g), ([, code]) => code!));
    const missing = PROBLEM_CODES.filter((code) => !documented.includes(code));
    expect(missing).toEqual(['method_not_allowed', 'unsupported_format']);
  });
});
