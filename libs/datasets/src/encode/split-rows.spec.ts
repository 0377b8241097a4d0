import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitRows } from './split-rows.js';

const split = fc
  .record({
    test: fc.double({ min: 0, max: 0.5, noNaN: true }),
    validation: fc.double({ min: 0, max: 0.49, noNaN: true }),
    seed: fc.nat(),
  })
  .map((fractions) => fractions);

it('puts every row into exactly one split, in the order of the file', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), split, (rows, fractions) => {
      const { train, validation, test } = splitRows(rows, fractions);
      const all = [...train, ...validation, ...test].sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: rows }, (_, row) => row));
      for (const part of [train, validation, test])
        expect([...part]).toEqual([...part].sort((a, b) => a - b));
    }),
  );
});

it('has the sizes of the fractions, and gives the same rows for the same seed and others for another', () => {
  const fractions = { test: 0.2, validation: 0.16, seed: 42 };
  const first = splitRows(20_640, fractions);
  expect([first.train.length, first.validation.length, first.test.length]).toEqual([13_210, 3_302, 4_128]);
  expect(splitRows(20_640, fractions)).toEqual(first);
  expect(splitRows(20_640, { ...fractions, seed: 43 }).test).not.toEqual(first.test);
});

it('draws rows evenly from the whole file', () => {
  const { test } = splitRows(100_000, { test: 0.2, validation: 0, seed: 7 });
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => test.filter((row) => Math.floor(row / 10_000) === tenth).length,
  );
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});
