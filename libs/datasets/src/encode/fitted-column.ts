import type { ColumnType } from '@epochal/contracts';

/** All that is needed to encode a column of other rows in the same way. JSON. */
export interface FittedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly encoding: 'numeric' | 'one_hot' | 'int';
  /** What stands in for a missing value; null when there must be none. */
  readonly fill: number | string | null;
  /** Values that have an index or a place of their own, in order; null for numbers that stand for themselves. */
  readonly categories: readonly (number | string)[] | null;
  /** Of each encoded number over the training rows, when it is standardised. */
  readonly mean: readonly number[] | null;
  readonly standard_deviation: readonly number[] | null;
  readonly scale: number;
  readonly offset: number;
}

/** The fitted columns of one input or output, side by side; `name` is null for a model with a single one. JSON. */
export interface FittedTensor {
  readonly name: string | null;
  readonly columns: readonly FittedColumn[];
}

/** What encoding has learnt from the training rows of a dataset: what encodes other rows alike. JSON. */
export interface Preprocessing {
  readonly x: readonly FittedTensor[];
  readonly y: readonly FittedTensor[];
}

/** How many numbers a value of the column becomes. */
export const widthOf = ({ encoding, categories }: FittedColumn): number =>
  encoding === 'one_hot' ? categories!.length : 1;

/** Writes the numbers that one value becomes to `target`, from `at` on. */
export type ColumnWriter = (value: number, target: Float32Array, at: number) => void;

/**
 * A writer of values that are numbers or, for categories, their indexes; NaN stands for a value that is missing, or is no
 * category. As a one_hot that is zero everywhere, before it is standardised.
 */
export function columnWriter(fitted: FittedColumn): ColumnWriter {
  const { encoding, scale, offset, fill } = fitted;
  const finish = (number: number, index: number): number => {
    const centred = number - (fitted.mean?.[index] ?? 0);
    return (centred / (fitted.standard_deviation?.[index] ?? 1)) * scale + offset;
  };
  if (encoding !== 'one_hot') {
    const missing = encoding === 'numeric' && typeof fill === 'number' ? fill : NaN;
    return (value, target, at) => {
      target[at] = finish(Number.isNaN(value) ? missing : value, 0);
    };
  }
  const absent = Float32Array.from(fitted.categories!, (_, index) => finish(0, index));
  const present = Float32Array.from(fitted.categories!, (_, index) => finish(1, index));
  return (value, target, at) => {
    target.set(absent, at);
    if (!Number.isNaN(value)) target[at + value] = present[value]!;
  };
}
