import * as tf from '@tensorflow/tfjs-core';
import { RandomSource } from '../random/random-source.js';
import { statelessUniform } from '../random/stateless-random.js';

export interface SmallNetwork {
  readonly variables: tf.Variable[];
  /** Inputs: features `[batch, 8]`, targets `[batch, 1]`. Output: the loss. Assigns weights, Adam's slots and the counter. */
  readonly step: (inputs: readonly tf.Tensor[]) => tf.Tensor[];
}

const SEED = 11;
const BETA1 = 0.9;
const BETA2 = 0.999;

/** An 8-30-1 network with dropout, its mean squared error and Adam, made of TensorFlow.js operations. Its start is always the same. */
export function smallNetwork(dropout = 0.1, hidden = 30): SmallNetwork {
  const start = (shape: number[], part: number) =>
    tf.tidy(() => statelessUniform(shape, tf.tensor1d([SEED, part], 'int32'), -0.5, 0.5));
  const weights = [
    tf.variable(start([8, hidden], 0)),
    tf.variable(tf.zeros([hidden])),
    tf.variable(start([hidden, 1], 1)),
    tf.variable(tf.zeros([1])),
  ] as const;
  const means = weights.map(({ shape }) => tf.variable(tf.zeros(shape)));
  const squares = weights.map(({ shape }) => tf.variable(tf.zeros(shape)));
  const count = tf.variable(tf.scalar(0, 'int32'));

  const loss = (x: tf.Tensor, y: tf.Tensor, random: RandomSource) => {
    const [w1, b1, w2, b2] = weights;
    let layer: tf.Tensor = tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, w1 as tf.Tensor2D), b1));
    if (dropout > 0) {
      const kept = tf.cast(tf.greaterEqual(statelessUniform(layer.shape, random.next()), dropout), 'float32');
      layer = tf.div(tf.mul(layer, kept), 1 - dropout);
    }
    const prediction = tf.add(tf.matMul(layer as tf.Tensor2D, w2 as tf.Tensor2D), b2);
    return tf.mean(tf.squaredDifference(prediction, y)) as tf.Scalar;
  };
  const step = ([x, y]: readonly tf.Tensor[]) =>
    tf.tidy(() => {
      const random = new RandomSource(SEED, count);
      const { value, grads } = tf.variableGrads(() => loss(x!, y!, random), [...weights]);
      count.assign(tf.add(count, tf.scalar(1, 'int32')));
      const t = tf.cast(count, 'float32');
      const rate = tf.div(tf.mul(0.001, tf.sqrt(tf.sub(1, tf.pow(BETA2, t)))), tf.sub(1, tf.pow(BETA1, t)));
      weights.forEach((weight, index) => {
        const gradient = grads[weight.name]!;
        const [mean, square] = [means[index]!, squares[index]!];
        mean.assign(tf.add(tf.mul(mean, BETA1), tf.mul(gradient, 1 - BETA1)));
        square.assign(tf.add(tf.mul(square, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
        const change = tf.div(tf.mul(rate, mean), tf.add(tf.sqrt(square), 1e-7));
        weight.assign(tf.sub(weight, change));
      });
      return [value as tf.Tensor];
    });
  return { variables: [...weights, ...means, ...squares, count], step };
}

/** Features `[rows, 8]` and targets `[rows, 1]`, always the same. */
export function smallDataset(rows: number): [tf.Tensor2D, tf.Tensor2D] {
  return tf.tidy(() => {
    const x = statelessUniform([rows, 8], tf.tensor1d([SEED, 2], 'int32'), -1, 1) as tf.Tensor2D;
    const y = tf.add(
      tf.sum(tf.square(x), 1, true),
      tf.sin(tf.mul(tf.slice(x, [0, 0], [-1, 1]), 5)),
    ) as tf.Tensor2D;
    return [x, y];
  });
}
