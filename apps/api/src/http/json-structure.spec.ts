import { expect, it } from 'vitest';
import { DEEPEST_JSON, structureErrors } from './json-structure.js';

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

it.each([
  ['a NUL character', { a: [{ b: 'x\0y' }] }, '/a/0/b'],
  ['half of a surrogate pair', { a: '\ud83d' }, '/a'],
  ['such text as the name of a field', { a: { 'x\0y': 1 } }, '/a'],
])('%s is refused where it stands', (_, value, pointer) => {
  expect(structureErrors(value)).toMatchObject([{ pointer }]);
});

it('whole surrogate pairs and all other text are taken', () => {
  expect(structureErrors({ ключ: ['😀', '\u0001', '\uffff'], n: null, t: true, f: 1e308 })).toEqual([]);
});

it('nesting has a limit', () => {
  expect(structureErrors(nested(DEEPEST_JSON))).toEqual([]);
  expect(structureErrors(nested(DEEPEST_JSON + 1))).toMatchObject([{ message: 'is nested too deeply' }]);
  expect(structureErrors(nested(5_000))).toHaveLength(1);
});
