import fc from 'fast-check';
import { expect, test } from 'vitest';
import { permutation } from './permutation.js';

test('a permutation holds every row once', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.maxSafeNat(), fc.nat(1000), (n, seed, epoch) => {
      const sorted = permutation(n, seed, epoch).toSorted();
      expect([...sorted]).toEqual(Array.from({ length: n }, (_, row) => row));
    }),
  );
});

test('it is the same for the same seed and epoch, and another for others', () => {
  const order = permutation(1000, 7, 3);
  expect(permutation(1000, 7, 3)).toEqual(order);
  expect(permutation(1000, 7, 4)).not.toEqual(order);
  expect(permutation(1000, 8, 3)).not.toEqual(order);
  expect(permutation(1000, 7 + 2 ** 32, 3)).not.toEqual(order);
});

test('its numbers never change between releases, so that old checkpoints resume alike', () => {
  expect([...permutation(12, 42, 0)]).toMatchInlineSnapshot(`
    [
      0,
      5,
      4,
      1,
      10,
      2,
      6,
      3,
      9,
      7,
      8,
      11,
    ]
  `);
});

test('every row is as likely at every place', () => {
  const places = 6;
  const draws = 12_000;
  const counts = Array.from({ length: places }, () => Array.from({ length: places }, () => 0));
  for (let epoch = 0; epoch < draws; epoch += 1) {
    permutation(places, 1, epoch).forEach((row, place) => (counts[place]![row]! += 1));
  }
  const expected = draws / places;
  const deviation = counts.flat().reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // Both the rows' and the places' counts are fixed, which the factor corrects for.
  const chiSquare = deviation * ((places - 1) / places);
  // 25 degrees of freedom: above 52.6 with a probability of 0.001.
  expect(chiSquare).toBeLessThan(52.6);
});

test('a number that is not a count is refused by its name', () => {
  expect(() => permutation(-1, 0, 0)).toThrow('n must be an integer');
  expect(() => permutation(1, 0.5, 0)).toThrow('seed must be an integer');
});
