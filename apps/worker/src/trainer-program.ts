import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxMode } from '@epochal/sandbox';
import type { TrainerProgram } from './trainer-process.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BINDINGS = path.join(ROOT, 'node_modules/@tensorflow/tfjs-node-gpu/lib');

/** The trainer of this installation: its code, the packages it loads and the native TensorFlow. */
export function trainerProgram(sandbox: SandboxMode): TrainerProgram {
  return {
    sandbox,
    main: path.join(ROOT, 'apps/trainer/dist/main.js'),
    readable: [
      path.join(ROOT, 'package.json'),
      path.join(ROOT, 'node_modules'),
      path.join(ROOT, 'libs'),
      path.join(ROOT, 'apps/trainer'),
      ...nativeTensorFlow(),
    ],
    environment: { NODE_ENV: 'production', NODE_OPTIONS: '--enable-source-maps' },
  };
}

/**
 * The installation links its binding to a cache folder, in which the libraries stand beside it: <version>/<binding>/. Where it
 * is missing, the trainer says so.
 */
function nativeTensorFlow(): string[] {
  if (!existsSync(BINDINGS)) return [];
  return readdirSync(BINDINGS)
    .map((version) => realpathSync(path.join(BINDINGS, version, 'tfjs_binding.node')))
    .map((binding) => path.dirname(path.dirname(binding)));
}
