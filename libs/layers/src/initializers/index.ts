import type { WeightSpec } from '@epochal/model-spec';
import { resolveInitializer } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import { constant } from './constant.js';
import { orthogonal } from './orthogonal.js';
import { isUnitForgetBias, unitForgetBias } from './unit-forget-bias.js';
import { normal, truncatedNormal, uniform, type Shaped } from './random.js';
import { VARIANCE_SCALINGS, varianceScaling, type VarianceScalingConfig } from './variance-scaling.js';

/**
 * The first value of a weight, a function of its initializer and the seed alone.
 * @param seed int32, shape [2]; a seed in the initializer's config takes its place
 */
export function initializeWeight(spec: WeightSpec, seed: tf.Tensor1D): tf.Tensor {
  if (isUnitForgetBias(spec.initializer))
    return unitForgetBias(spec, spec.initializer, initializeWeight, seed);
  return tf.tidy(() => {
    const { class_name, config } = resolveInitializer(spec.initializer, `the initializer of ${spec.path}`);
    const own = config['seed'];
    const values = initialize(class_name, config, {
      shape: spec.shape,
      seed: typeof own === 'number' ? tf.tensor1d([own | 0, 0], 'int32') : seed,
    });
    return values.dtype === spec.dtype ? values : tf.cast(values, spec.dtype);
  });
}

function initialize(className: string, config: Record<string, unknown>, shaped: Shaped): tf.Tensor {
  const number = (key: string) => config[key] as number;
  switch (className) {
    case 'Zeros':
      return constant(0, shaped.shape);
    case 'Ones':
      return constant(1, shaped.shape);
    case 'Constant':
      return constant(config['value'], shaped.shape);
    case 'Identity':
      return identity(number('gain'), shaped.shape);
    case 'Orthogonal':
      return orthogonal(number('gain'), shaped);
    case 'RandomNormal':
      return normal(number('mean'), number('stddev'), shaped);
    case 'TruncatedNormal':
      return truncatedNormal(number('mean'), number('stddev'), shaped);
    case 'RandomUniform':
      return uniform(number('minval'), number('maxval'), shaped);
    default: {
      const scaling = { ...VARIANCE_SCALINGS[className], ...config } as VarianceScalingConfig;
      return varianceScaling(scaling, shaped);
    }
  }
}

function identity(gain: number, shape: readonly number[]): tf.Tensor {
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined || shape.length !== 2) {
    throw new RangeError(
      `The Identity initializer makes matrices only, not a weight of shape [${shape.join(', ')}]`,
    );
  }
  return tf.mul(tf.eye(rows, columns), gain);
}
