import type { SampleTensor } from './samples.js';

/** The class of a row: the position of the greatest value of a one-hot target, or the target itself, rounded half to even. */
const classOf = (row: Float32Array | Int32Array): number => {
  if (row.length === 1) {
    const [value = 0] = row;
    const rounded = Math.round(value);
    return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  }
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index]! > row[best]!) best = index;
  return best;
};

/** Keras's `class_weight`: each row gets the weight of its class, 1 where the class has none. */
export const classWeightsOfRows = (
  target: SampleTensor,
  classWeight: Readonly<Record<string, number>>,
): Float32Array => {
  const width = target.shape.reduce((size, length) => size * length, 1);
  const rows = target.values.length / width;
  return Float32Array.from(
    { length: rows },
    (_, row) => classWeight[classOf(target.values.subarray(row * width, (row + 1) * width))] ?? 1,
  );
};
