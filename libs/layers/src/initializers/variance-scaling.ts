import type * as tf from '@tensorflow/tfjs-core';
import { normal, truncatedNormal, uniform, type Shaped } from './random.js';

/** Standard deviation of a unit normal distribution that is cut off at two deviations. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

export interface VarianceScalingConfig {
  readonly scale: number;
  readonly mode: 'fan_in' | 'fan_out' | 'fan_avg';
  readonly distribution: 'truncated_normal' | 'untruncated_normal' | 'uniform';
  readonly input_axes: readonly number[] | null;
  readonly output_axes: readonly number[] | null;
}

type NamedScaling = Pick<VarianceScalingConfig, 'scale' | 'mode' | 'distribution'>;

/** The named cases of VarianceScaling (keras/src/initializers/random_initializers.py). */
export const VARIANCE_SCALINGS: Readonly<Record<string, NamedScaling>> = {
  GlorotUniform: { scale: 1, mode: 'fan_avg', distribution: 'uniform' },
  GlorotNormal: { scale: 1, mode: 'fan_avg', distribution: 'truncated_normal' },
  LecunUniform: { scale: 1, mode: 'fan_in', distribution: 'uniform' },
  LecunNormal: { scale: 1, mode: 'fan_in', distribution: 'truncated_normal' },
  HeUniform: { scale: 2, mode: 'fan_in', distribution: 'uniform' },
  HeNormal: { scale: 2, mode: 'fan_in', distribution: 'truncated_normal' },
};

export function varianceScaling(config: VarianceScalingConfig, shaped: Shaped): tf.Tensor {
  const { fanIn, fanOut } = fans(shaped.shape, config.input_axes, config.output_axes);
  const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[config.mode];
  const variance = config.scale / Math.max(1, fan);
  switch (config.distribution) {
    case 'uniform': {
      const limit = Math.sqrt(3 * variance);
      return uniform(-limit, limit, shaped);
    }
    case 'untruncated_normal':
      return normal(0, Math.sqrt(variance), shaped);
    case 'truncated_normal':
      return truncatedNormal(0, Math.sqrt(variance) / TRUNCATED_DEVIATION, shaped);
  }
}

/** Numbers of inputs and outputs of a unit (keras/src/initializers/random_initializers.py, compute_fans). */
function fans(
  shape: readonly number[],
  inputAxes: readonly number[] | null,
  outputAxes: readonly number[] | null,
): { fanIn: number; fanOut: number } {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  if (inputAxes !== null && outputAxes !== null) {
    const sizesAlong = (axes: readonly number[]) => axes.map((axis) => shape.at(axis) ?? 1);
    return { fanIn: product(sizesAlong(inputAxes)), fanOut: product(sizesAlong(outputAxes)) };
  }
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const field = product(shape.slice(0, -2));
  return { fanIn: field * (shape.at(-2) ?? 1), fanOut: field * (shape.at(-1) ?? 1) };
}
