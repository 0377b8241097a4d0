import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CRUISER = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

const LIBRARIES = ['contracts', 'database', 'layers', 'storage', 'tensorflow', 'training'];
const PACKAGES = ['@nestjs/common', '@tensorflow/tfjs-core', '@tensorflow/tfjs-node-gpu', 'minio'];

/** Files with an import that a rule forbids: the rule, the file and what it imports. */
const FORBIDDEN = [
  ['level-1-imports-only-lower-levels', 'libs/contracts/src/upward.ts', '@epochal/storage'],
  ['level-2-imports-only-lower-levels', 'libs/storage/src/sideways.ts', '@epochal/database'],
  ['level-3-imports-only-lower-levels', 'libs/layers/src/upward.ts', '@epochal/training'],
  ['every-library-has-a-level', 'libs/unheard-of/src/index.ts', '@epochal/contracts'],
  ['libraries-know-no-app', 'libs/training/src/app.ts', '../../../apps/api/src/main.js'],
  ['libraries-are-free-of-nest', 'libs/storage/src/nest.ts', '@nestjs/common'],
  ['apps-know-no-other-app', 'apps/worker/src/app.ts', '../../api/src/main.js'],
  ['packages-only-by-their-index', 'libs/training/src/deep.ts', '../../contracts/src/inner.js'],
  ['packages-only-by-their-name', 'libs/training/src/relative.ts', '../../contracts/src/index.js'],
  ['services-never-load-tensorflow', 'apps/api/src/tensorflow.ts', '@epochal/layers'],
  ['trainer-has-no-services', 'apps/trainer/src/storage.ts', '@epochal/storage'],
  ['one-door-to-native-tensorflow', 'libs/layers/src/native.ts', '@tensorflow/tfjs-node-gpu'],
  ['outside-clients-see-only-the-wire', 'apps/cli/src/database.ts', '@epochal/database'],
  ['set-up-needs-only-node', 'scripts/early.mjs', 'minio'],
  ['declared-packages-only', 'libs/database/src/undeclared.ts', 'minio'],
  ['imports-resolve', 'libs/training/src/missing.ts', './nowhere.js'],
  ['no-cycles', 'libs/training/src/cycle.ts', './index.js'],
] as const;

/** Files with an import that no rule forbids. */
const ALLOWED = [
  ['libs/training/src/allowed.ts', '@epochal/layers'],
  ['libs/storage/src/allowed.ts', 'minio'],
  ['libs/storage/src/allowed.spec.ts', '@epochal/training'],
  ['apps/api/src/allowed.ts', '@epochal/storage'],
  ['apps/cli/src/allowed.ts', '@epochal/contracts'],
  ['scripts/allowed.mjs', 'node:fs'],
] as const;

describe('the rules of .dependency-cruiser.cjs', () => {
  let folder: string;
  let violations: { rule: string; from: string }[];

  async function write(file: string, content: string): Promise<void> {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'epochal-dependencies-'));
    await write('package.json', JSON.stringify({ name: 'root', private: true, type: 'module' }));
    await write('tsconfig.base.json', '{}');
    for (const name of PACKAGES) {
      await write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
      await write(`node_modules/${name}/index.js`, '');
    }
    await mkdir(path.join(folder, 'node_modules/@epochal'));
    for (const name of LIBRARIES) await writeLibrary(name);
    await write('libs/layers/src/index.ts', "import '@tensorflow/tfjs-core';\n");
    await write('libs/storage/src/index.ts', "import 'minio';\n");
    await write('libs/training/src/index.ts', "import './cycle.js';\n");
    await write('libs/contracts/src/inner.ts', '');
    await write('apps/api/src/main.ts', '');
    for (const [, file, imported] of FORBIDDEN) await write(file, `import '${imported}';\n`);
    for (const [file, imported] of ALLOWED) await write(file, `import '${imported}';\n`);
    violations = await cruise();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function writeLibrary(name: string): Promise<void> {
    const dependencies = { minio: '1', '@tensorflow/tfjs-core': '1', '@tensorflow/tfjs-node-gpu': '1' };
    const manifest = {
      name: `@epochal/${name}`,
      type: 'module',
      exports: { '.': { '@epochal/source': './src/index.ts' } },
      dependencies: name === 'database' ? {} : dependencies,
    };
    await write(`libs/${name}/package.json`, JSON.stringify(manifest));
    await write(`libs/${name}/src/index.ts`, '');
    await symlink(`../../libs/${name}`, path.join(folder, 'node_modules/@epochal', name));
  }

  async function cruise(): Promise<{ rule: string; from: string }[]> {
    const args = [CRUISER, '--config', path.join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json'];
    const { stdout } = await promisify(execFile)(process.execPath, [...args, 'libs', 'apps', 'scripts'], {
      cwd: folder,
      maxBuffer: 64 * 2 ** 20,
    }).catch((error: { stdout: string }) => error);
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { rule: { name: string }; from: string }[] };
    };
    return summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  }

  it.each(FORBIDDEN)('%s: %s may not import %s', (rule, from) => {
    expect(violations).toContainEqual({ rule, from });
  });

  it.each(ALLOWED)('%s may import %s', (file) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([]);
  });
});
