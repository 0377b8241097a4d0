import * as tf from '@tensorflow/tfjs-core';
import { nativeBackend, typeAttribute } from '../native/backend.js';

type StatelessOperation = 'StatelessRandomUniform' | 'StatelessRandomNormal' | 'StatelessTruncatedNormal';

/**
 * Uniform float32 numbers in [minimum, maximum), a function of `seed` alone.
 * @param seed int32, shape [2]
 */
export function statelessUniform(
  shape: readonly number[],
  seed: tf.Tensor1D,
  minimum = 0,
  maximum = 1,
): tf.Tensor {
  return tf.tidy(() => {
    const unit = sample('StatelessRandomUniform', shape, seed);
    return scaleAndShift(unit, maximum - minimum, minimum);
  });
}

/**
 * Normally distributed float32 numbers, a function of `seed` alone.
 * @param seed int32, shape [2]
 */
export function statelessNormal(
  shape: readonly number[],
  seed: tf.Tensor1D,
  mean = 0,
  standardDeviation = 1,
): tf.Tensor {
  return tf.tidy(() => scaleAndShift(sample('StatelessRandomNormal', shape, seed), standardDeviation, mean));
}

/**
 * Like `statelessNormal`, with numbers further than two standard deviations from the mean drawn again.
 * @param seed int32, shape [2]
 */
export function statelessTruncatedNormal(
  shape: readonly number[],
  seed: tf.Tensor1D,
  mean = 0,
  standardDeviation = 1,
): tf.Tensor {
  return tf.tidy(() =>
    scaleAndShift(sample('StatelessTruncatedNormal', shape, seed), standardDeviation, mean),
  );
}

function sample(operation: StatelessOperation, shape: readonly number[], seed: tf.Tensor1D): tf.Tensor {
  const shapeTensor = tf.tensor1d([...shape], 'int32');
  return nativeBackend().executeSingleOutput(
    operation,
    [typeAttribute('dtype', 'float32'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
    [shapeTensor, seed],
  );
}

function scaleAndShift(sampled: tf.Tensor, scale: number, shift: number): tf.Tensor {
  const scaled = scale === 1 ? sampled : tf.mul(sampled, tf.scalar(scale));
  return shift === 0 ? scaled : tf.add(scaled, tf.scalar(shift));
}
