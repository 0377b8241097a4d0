import { expect, test } from 'vitest';
import { errorFromFileSystem, errorFromOutput } from './embedded-postgres-error.js';

test.each([
  ['disk-full', 'initdb: error: could not write to file "base/1": No space left on device'],
  [
    'disk-full',
    'FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes\nHINT:  Check free disk space.',
  ],
  ['permission-denied', 'FATAL:  could not open file "PG_VERSION": Permission denied'],
  [
    'unsupported-platform',
    'initdb: error while loading shared libraries: libpq.so.5: cannot open shared object file',
  ],
  ['failed', 'LOG:  starting\nFATAL:  invalid value for parameter "port"\nLOG:  stopped'],
])('%s is told from what Postgres printed, and its own words are kept', (code, output) => {
  const error = errorFromOutput('start', output);
  expect(error.code).toBe(code);
  expect(error.message).toContain(output.split('\n').find((line) => /FATAL|error/.test(line)));
});

test('an error of a file operation is told in plain words, and others are left alone', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, mkdir'), {
    code: 'ENOSPC',
    path: '/data',
  });
  expect(errorFromFileSystem(full)?.message).toBe("Postgres can't be set up: the disk of /data is full.");
  expect(errorFromFileSystem(new TypeError('x'))).toBeUndefined();
});
