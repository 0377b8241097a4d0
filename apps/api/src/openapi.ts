import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeApi } from './describe-api.js';

// Writes the committed openapi.json; with --check, exits 1 when the committed one is not what the code says.
const FILE = fileURLToPath(new URL('../../../openapi.json', import.meta.url));

const described = `${JSON.stringify(await describeApi(), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  await writeFile(FILE, described);
  console.log(`Wrote ${FILE}`);
} else if ((await readFile(FILE, 'utf8')) !== described) {
  console.error(`${FILE} is not what the code says. Run "npm run openapi" and commit the result.`);
  process.exitCode = 1;
}
