// Which package may import which. Libraries stand on levels and import only from lower ones; apps stand on top.
const LEVELS = [
  ['contracts', 'configuration', 'observability'],
  ['model-spec', 'tensorflow', 'storage', 'queue', 'database', 'sandbox', 'client'],
  ['layers', 'model-formats', 'datasets', 'event-log', 'embedded-services'],
  ['training'],
];

// Tests may start a database or a server from a library above; what they prove stays below.
const TESTS = '\\.(spec|fixture|conformance)\\.ts$|/src/testing/';

const GENERATED = '^libs/database/src/generated/';

const libraries = (names) => `^libs/(${names.join('|')})/`;
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})(/|$)`;

const levelRules = LEVELS.map((names, level) => ({
  name: `level-${level + 1}-imports-only-lower-levels`,
  comment: `${names.join(', ')} import only libraries of a lower level.`,
  severity: 'error',
  from: { path: libraries(names), pathNot: TESTS },
  to: { path: libraries(LEVELS.slice(level).flat()), pathNot: '^libs/$1/' },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...levelRules,
    {
      name: 'every-library-has-a-level',
      comment: 'A new library is added to LEVELS in this file.',
      severity: 'error',
      from: { path: '^libs/', pathNot: libraries(LEVELS.flat()) },
      to: {},
    },
    {
      name: 'libraries-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|test|bench)/' },
    },
    {
      name: 'apps-know-no-other-app',
      comment: 'Apps meet over HTTP, the queue and the trainer protocol.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-only-by-their-index',
      comment: 'Another package is imported as @epochal/NAME, which gives its src/index.ts.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^(libs|apps)/[^/]+/', pathNot: ['^$1/$2/', '^(libs|apps)/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'packages-only-by-their-name',
      comment: 'Another package is imported as @epochal/NAME, not by a relative path.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^(libs|apps)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'services-never-load-tensorflow',
      comment: 'TensorFlow blocks the event loop and takes memory; only the trainer loads it.',
      severity: 'error',
      from: { path: '^apps/(api|worker|standalone)/' },
      to: { path: packages('@tensorflow'), reachable: true },
    },
    {
      name: 'trainer-has-no-services',
      comment: 'The trainer is a pure program: files and events, no network, no database, no queue.',
      severity: 'error',
      from: { path: '^(apps/trainer|libs/training)/', pathNot: TESTS },
      to: { path: packages('@nestjs', '@prisma', 'bullmq', 'ioredis', 'minio', 'pg'), reachable: true },
    },
    {
      name: 'one-door-to-native-tensorflow',
      severity: 'error',
      from: { pathNot: '^libs/tensorflow/' },
      to: { path: packages('@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu') },
    },
    {
      name: 'libraries-are-free-of-nest',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: packages('@nestjs') },
    },
    {
      name: 'outside-clients-see-only-the-wire',
      severity: 'error',
      from: { path: '^apps/(cli|dashboard)/' },
      to: { path: '^libs/', pathNot: libraries(['contracts', 'client']) },
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other: nothing of that is left when it runs.',
      severity: 'error',
      from: { pathNot: GENERATED },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'set-up-needs-only-node',
      comment: 'These run before there are any packages.',
      severity: 'error',
      from: { path: '^(scripts|libs/tensorflow/install)/' },
      to: { dependencyTypesNot: ['core', 'local'] },
    },
    {
      name: 'declared-packages-only',
      comment: "What a package imports is in its own package.json, or for tests in the root's.",
      severity: 'error',
      from: { path: '^(libs|apps)/[^/]+/src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(libs|apps)/[^/]+/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@epochal/source', 'import', 'node', 'default', 'types'],
    },
  },
};
