import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../root.mjs';
import { runProgram } from '../run-program.mjs';
import { timed } from '../timed.mjs';
import { unlessDone } from './stamp.mjs';

const require = createRequire(import.meta.url);

/** Generates the Prisma client from prisma/schema. */
export async function generateDatabaseClient(log) {
  const folder = path.join(ROOT, 'prisma', 'schema');
  const schema = (await readdir(folder)).map((name) => path.join(folder, name));
  await unlessDone({
    name: 'database-client',
    inputs: [...schema, path.join(ROOT, 'prisma.config.ts')],
    outputs: [path.join(ROOT, 'libs', 'database', 'src', 'generated', 'client.ts')],
    work: () => timed('database client', generate, log),
  });
}

async function generate() {
  await runProgram(process.execPath, [require.resolve('prisma/build/index.js'), 'generate'], {
    cwd: ROOT,
    // Prisma asks its makers for news otherwise.
    env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    failure: 'Prisma could not generate the database client',
  });
}
