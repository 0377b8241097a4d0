import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxMode } from '@epochal/sandbox';
import type { TrainerProgram } from './trainer-process.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The trainer of this installation: its code, the packages it loads and the native TensorFlow in the cache folder. */
export function trainerProgram(sandbox: SandboxMode): TrainerProgram {
  const cache =
    process.env['EPOCHAL_CACHE_DIR'] ??
    path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'epochal');
  return {
    sandbox,
    main: path.join(ROOT, 'apps/trainer/dist/main.js'),
    readable: [
      path.join(ROOT, 'package.json'),
      path.join(ROOT, 'node_modules'),
      path.join(ROOT, 'libs'),
      path.join(ROOT, 'apps/trainer'),
      path.join(cache, 'tensorflow'),
    ],
    environment: { NODE_ENV: 'production', NODE_OPTIONS: '--enable-source-maps' },
  };
}
