import { defineConfig } from 'vitest/config';

// Tests run from the TypeScript sources: the export condition below points each workspace package at its src/.
const conditions = ['@epochal/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    server: { deps: { inline: [/@epochal\//] } },
    include: ['libs/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.ts', 'test/**/*.spec.ts'],
  },
});
