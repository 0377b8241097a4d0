import type { Split } from '@epochal/contracts';

export const SPLIT_NAMES = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLIT_NAMES)[number];

/** Row numbers of each split, from 0, in the order of the file. Every row is in exactly one. */
export type RowSplit = Readonly<Record<SplitName, Uint32Array>>;

/**
 * Assigns rows to splits by rank of a hash of (seed, row number): the first floor(test * rows) are tested on, the next
 * floor(validation * rows) validated on, the rest trained on. It depends on nothing else, so it is the same on every machine.
 */
export function splitRows(rows: number, { test, validation, seed }: Split): RowSplit {
  const testRows = wholeRows(test, rows);
  const validationRows = wholeRows(validation, rows);
  const ranked = testRows + validationRows === 0 ? identity(rows) : rankedRows(rows, seed);
  return {
    test: ranked.slice(0, testRows).sort(),
    validation: ranked.slice(testRows, testRows + validationRows).sort(),
    train: ranked.slice(testRows + validationRows).sort(),
  };
}

/** Fractions such as 0.07 have no exact form; 0.07 of 100 rows is 7 all the same. */
const wholeRows = (fraction: number, rows: number): number => Math.floor(fraction * rows + 1e-9);

const identity = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

function rankedRows(rows: number, seed: number): Uint32Array {
  // Each key has the hash in its upper half and the row in its lower, as little-endian machines lay it out: numbers sort much
  // faster than rows by a comparison.
  const keys = new BigUint64Array(rows);
  const halves = new Uint32Array(keys.buffer);
  for (let row = 0; row < rows; row += 1) {
    halves[2 * row] = row;
    halves[2 * row + 1] = hash(seed, row);
  }
  keys.sort();
  return Uint32Array.from({ length: rows }, (_, rank) => halves[2 * rank]!);
}

/** Two rounds of MurmurHash3's finalizer, which changes every bit of the result with every bit of the input. */
const hash = (seed: number, row: number): number => mix(mix(seed ^ 0x9e3779b9) ^ row) >>> 0;

function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
