import * as tf from '@tensorflow/tfjs-core';

const zero = (): tf.Variable => tf.tidy(() => tf.variable(tf.scalar(0), false));

/** Mean of the values so far, each with its weight (`keras.metrics.Mean` over scalars). All state is in variables. */
export class MeanTracker {
  readonly variables: Readonly<Record<'total' | 'count', tf.Variable>> = { total: zero(), count: zero() };

  /** @param weight how much the value counts, such as the number of its samples */
  update(value: tf.Tensor, weight: number): void {
    const { total, count } = this.variables;
    total.assign(tf.add(total, weight === 1 ? value : tf.mul(value, weight)));
    count.assign(tf.add(count, weight));
  }

  result(): tf.Tensor {
    return tf.divNoNan(this.variables.total, this.variables.count);
  }
}
