import * as tf from '@tensorflow/tfjs-core';
import { timesMatrix } from '../core.js';
import { byStep, type CellMatrices, type GateLayout } from './gate-layout.js';
import { unstack } from '../../ops/unstack.js';

/** Factors of the numbers that each gate sees, each [gates, batch, …]; undefined for none. */
export interface GateFactors {
  /** [gates, batch, 1, features] */
  readonly inputs: tf.Tensor | undefined;
  /** [gates, batch, units] */
  readonly state: tf.Tensor | undefined;
}

/**
 * Gates along the first axis, [gates, batch, units]: with recurrent dropout each gate sees other numbers left out, which makes one
 * batched product of what would be a product a gate.
 */
export class SeparateGates implements GateLayout {
  constructor(
    private readonly matrices: CellMatrices,
    private readonly gates: number,
    private readonly factors: GateFactors,
  ) {}

  inputs(x: tf.Tensor, groups: readonly number[]): tf.Tensor[][] {
    const { bias, units } = this.matrices;
    const product = this.#inputProduct(x);
    const shifted =
      bias === undefined ? product : tf.add(product, tf.reshape(bias, [this.gates, 1, 1, units]));
    const parts = groups.length === 1 ? [shifted] : tf.split(shifted, [...groups], 0);
    return byStep(
      parts.map((part, index) =>
        unstack(groups[index] === 1 ? tf.squeeze(part, [0]) : part, groups[index] === 1 ? 1 : 2),
      ),
    );
  }

  product(first: number, count: number): (state: tf.Tensor) => tf.Tensor {
    const { units, recurrent, recurrentBias } = this.matrices;
    const some = (x: tf.Tensor) =>
      count === this.gates ? x : tf.slice(x, [first, 0, 0], [count, ...x.shape.slice(1)]);
    const matrices = some(this.#byGate(recurrent));
    // Only all gates together have a bias.
    const bias = recurrentBias === undefined ? undefined : tf.reshape(recurrentBias, [-1, 1, units]);
    const factor = this.factors.state === undefined ? undefined : some(this.factors.state);
    return (state) => {
      const seen =
        factor === undefined
          ? tf.tile(tf.expandDims(state, 0), [count, 1, 1])
          : tf.mul(tf.expandDims(state, 0), factor);
      const product = tf.matMul(seen, matrices);
      const shifted = bias === undefined ? product : tf.add(product, bias);
      return count === 1 ? tf.reshape(shifted, [-1, units]) : shifted;
    };
  }

  split(group: tf.Tensor, groups: readonly number[]): tf.Tensor[] {
    if (groups.every((gates) => gates === 1)) return unstack(group, 0);
    return tf
      .split(group, [...groups], 0)
      .map((part, index) => (groups[index] === 1 ? tf.squeeze(part, [0]) : part));
  }

  /** [gates, batch, time, units] */
  #inputProduct(x: tf.Tensor): tf.Tensor {
    const { kernel, units } = this.matrices;
    const [batch = 1, time = 1, features = 1] = x.shape;
    const { inputs: factor } = this.factors;
    if (factor === undefined) {
      const product = tf.reshape(timesMatrix(x, kernel), [batch, time, this.gates, units]);
      return tf.transpose(product, [2, 0, 1, 3]);
    }
    const seen = tf.reshape(tf.mul(tf.expandDims(x, 0), factor), [this.gates, batch * time, features]);
    return tf.reshape(tf.matMul(seen, this.#byGate(kernel)), [this.gates, batch, time, units]);
  }

  /** [gates, rows, units] of a matrix [rows, gates * units]. */
  #byGate(matrix: tf.Tensor): tf.Tensor {
    return tf.transpose(tf.reshape(matrix, [-1, this.gates, this.matrices.units]), [1, 0, 2]);
  }
}
