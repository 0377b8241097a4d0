import os from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests run from the TypeScript sources: the export condition below points each workspace package at its src/.
const source = '@epochal/source';
const conditions = [source, 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  // Vitest hands these to Node as --conditions, where "import" would give require() the ES modules.
  ssr: {
    resolve: {
      conditions: [source, 'node'],
      externalConditions: [source, 'node'],
    },
  },
  test: {
    pool: 'forks',
    // Many tests wait for processes more than they compute, so even a small machine runs two files at a time.
    maxWorkers: Math.max(2, os.availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The default of one second is too short on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    server: { deps: { inline: [/@epochal\//] } },
    include: ['libs/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.ts', 'test/**/*.spec.ts'],
  },
});
