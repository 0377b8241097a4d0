import { expect, it } from 'vitest';
import type { ColumnProfile } from './dataset.js';
import { encodedWidth } from './encoding.js';

const city: ColumnProfile = {
  name: 'city',
  type: 'string',
  missing: 2,
  distinct: 3,
  min: null,
  max: null,
  mean: null,
  standard_deviation: null,
  median: null,
  categories: ['Oslo', 'Lima', 'Pune'].map((value) => ({ value, count: 1 })),
};
const price: ColumnProfile = {
  ...city,
  name: 'price',
  type: 'number',
  missing: 0,
  distinct: 900,
  categories: null,
};

it('counts one number for a number, and one for each category of a text', () => {
  expect(encodedWidth({}, [price, city])).toBe(4);
});

it('counts one number for a category index', () => {
  expect(encodedWidth({ encoding: 'int' }, [price, city])).toBe(2);
});

it('counts a constant for missing values as a category only where it is a new one', () => {
  expect(encodedWidth({ impute: { constant: 'Oslo' } }, [city])).toBe(3);
  expect(encodedWidth({ impute: { constant: 'unknown' } }, [city])).toBe(4);
  expect(encodedWidth({ impute: { constant: 'unknown' } }, [{ ...city, missing: 0 }])).toBe(3);
});
