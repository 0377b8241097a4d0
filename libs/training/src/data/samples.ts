import { TrainingError } from '../training-error.js';

/** One input, output or weight of every row, row after row. `shape` is that of one row. */
export interface SampleTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** Rows to train on, evaluate or predict. Tensors stand in the model's order of inputs and outputs. */
export interface Samples {
  readonly rows: number;
  readonly inputs: readonly SampleTensor[];
  readonly targets: readonly SampleTensor[];
  /** One weight a row, multiplied into the loss as in Keras; null stands for ones. */
  readonly weights: Float32Array | null;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** The rows from `start` up to `end`, without copying. */
export const sliceSamples = (samples: Samples, start: number, end: number): Samples => {
  const slice = ({ shape, values }: SampleTensor): SampleTensor => ({
    shape,
    values: values.subarray(start * sizeOf(shape), end * sizeOf(shape)),
  });
  return {
    rows: end - start,
    inputs: samples.inputs.map(slice),
    targets: samples.targets.map(slice),
    weights: samples.weights?.subarray(start, end) ?? null,
  };
};

/**
 * Keras's `validation_split`: the last rows, before any shuffling, are held out.
 * @throws TrainingError when one of the two parts would be empty.
 */
export const splitForValidation = (
  samples: Samples,
  fraction: number,
): [train: Samples, validation: Samples] => {
  const splitAt = Math.floor(samples.rows * (1 - fraction));
  if (splitAt === 0 || splitAt === samples.rows)
    throw new TrainingError(
      'invalid_fit',
      `validation_split ${fraction} of ${samples.rows} training rows leaves one part empty: ` +
        'give more rows, or another fraction',
    );
  return [sliceSamples(samples, 0, splitAt), sliceSamples(samples, splitAt, samples.rows)];
};
