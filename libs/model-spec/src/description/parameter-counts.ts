import type { ModelWeight } from './model-weights.js';

/** Numbers of parameters, as `model.summary()` gives them. */
export interface ParameterCounts {
  readonly total: number;
  readonly trainable: number;
  readonly non_trainable: number;
}

export const weightSize = ({ spec }: ModelWeight): number =>
  spec.shape.reduce((size, length) => size * length, 1);

export const countParameters = (weights: readonly ModelWeight[]): ParameterCounts => {
  let trainable = 0;
  let fixed = 0;
  for (const weight of weights) {
    if (weight.trainable) trainable += weightSize(weight);
    else fixed += weightSize(weight);
  }
  return { total: trainable + fixed, trainable, non_trainable: fixed };
};

/** Keras keeps its integer variables, such as the count of a Normalization, as int64. */
const BYTES = { float32: 4, int32: 8 } as const;

/** Bytes that the variables take in Keras. */
export const countBytes = (weights: readonly ModelWeight[]): ParameterCounts => {
  const bytes = (counted: readonly ModelWeight[]): number =>
    counted.reduce((total, weight) => total + weightSize(weight) * BYTES[weight.spec.dtype], 0);
  const trainable = bytes(weights.filter((weight) => weight.trainable));
  const total = bytes(weights);
  return { total, trainable, non_trainable: total - trainable };
};
