import { expect, it } from 'vitest';
import { assertObjectKey, assertPrefix } from './object-key.js';
import { objectKeys, objectPrefixes } from './object-keys.js';

const id = '01jd0000000000000000000000';
const keys = Object.values(objectKeys).map((key: (first: string, second: string) => string) =>
  key(`a_${id}`, `b_${id}`),
);

it('makes only keys that every store takes, all different', () => {
  keys.forEach(assertObjectKey);
  Object.values(objectPrefixes).forEach((prefix) => assertPrefix(prefix(`a_${id}`)));
  expect(new Set(keys).size).toBe(keys.length);
});

it('makes no key that is a folder of another', () => {
  for (const key of keys) {
    expect(keys.filter((other) => other.startsWith(`${key}/`))).toEqual([]);
  }
});

it('keeps all that belongs to a resource under its prefix', () => {
  expect(objectKeys.datasetRows('ds_1').startsWith(objectPrefixes.dataset('ds_1'))).toBe(true);
  expect(objectKeys.datasetOriginal('ds_1').startsWith(objectPrefixes.dataset('ds_1'))).toBe(true);
  expect(objectKeys.checkpoint('job_1', 'ckpt_1').startsWith(objectPrefixes.job('job_1'))).toBe(true);
  expect(objectKeys.preprocessing('job_1').startsWith(objectPrefixes.job('job_1'))).toBe(true);
});
