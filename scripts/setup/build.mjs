import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runCommand } from '../../libs/tensorflow/install/commands.mjs';
import { ROOT } from '../root.mjs';
import { SetupError } from '../setup-error.mjs';
import { timed } from '../timed.mjs';
import { unlessDone } from './stamp.mjs';

const require = createRequire(import.meta.url);

/** Compiles what tsconfig.json refers to. */
export async function build(log) {
  const configuration = JSON.parse(await readFile(path.join(ROOT, 'tsconfig.json'), 'utf8'));
  const projects = configuration.references.map((reference) => path.join(ROOT, reference.path));
  const folders = projects.map((project) => (project.endsWith('.json') ? path.dirname(project) : project));
  const sources = await Promise.all([...new Set(folders)].map(sourcesOf));
  await unlessDone({
    name: 'build',
    inputs: [...sources.flat(), path.join(ROOT, 'tsconfig.json'), path.join(ROOT, 'tsconfig.base.json')],
    outputs: folders.map((folder) => path.join(folder, 'dist')),
    work: () => timed('build', compile, log),
  });
}

async function sourcesOf(folder) {
  const names = await readdir(folder);
  const files = names.filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name));
  const source = path.join(folder, 'src');
  if (!existsSync(source)) return files;
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const inSource = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return [...files, ...inSource];
}

async function compile() {
  const { code, output } = await runCommand(process.execPath, [require.resolve('typescript/bin/tsc'), '-b'], {
    cwd: ROOT,
  });
  if (code !== 0) throw new SetupError(`The sources do not compile:\n${output.trimEnd()}`);
}
