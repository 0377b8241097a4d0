import * as tf from '@tensorflow/tfjs-core';
import { addBias } from '../../ops/bias.js';
import { repeatedProduct } from '../../ops/repeated-product.js';
import { timesMatrix } from '../core.js';
import { unstack } from '../../ops/unstack.js';

/** What a cell multiplies with. Columns of all gates lie side by side. */
export interface CellMatrices {
  readonly units: number;
  readonly kernel: tf.Tensor;
  readonly recurrent: tf.Tensor;
  /** Added to the product with the kernel. */
  readonly bias: tf.Tensor | undefined;
  /** Added to the product with the recurrent matrix. */
  readonly recurrentBias: tf.Tensor | undefined;
}

/**
 * How the products of a cell's gates are kept. A group is one gate or several that are computed together; a group of one gate has
 * the shape [batch, units].
 */
export interface GateLayout {
  /**
   * Input parts of the gates: for each time step one tensor a group. All steps go through one matrix product.
   * @param x [batch, time, features]
   * @param groups numbers of gates
   */
  inputs(x: tf.Tensor, groups: readonly number[]): tf.Tensor[][];
  /** The product of states [batch, units], step after step, with the recurrent columns of some gates, and their recurrent bias. */
  product(first: number, count: number): (state: tf.Tensor) => tf.Tensor;
  split(group: tf.Tensor, groups: readonly number[]): tf.Tensor[];
}

/** One tensor a step and group, from one a group and step. */
export const byStep = (groups: readonly tf.Tensor[][]): tf.Tensor[][] =>
  (groups[0] ?? []).map((_first, step) => groups.map((steps) => steps[step]!));

/** All gates of a group in one tensor [batch, gates * units]. */
export class SideBySide implements GateLayout {
  /** @param stateFactor what a state is multiplied with before the product, as by dropout; undefined for nothing */
  constructor(
    private readonly matrices: CellMatrices,
    private readonly stateFactor?: tf.Tensor,
  ) {}

  inputs(x: tf.Tensor, groups: readonly number[]): tf.Tensor[][] {
    const { kernel, bias } = this.matrices;
    const product = timesMatrix(x, kernel);
    const shifted = bias === undefined ? product : addBias(product, bias);
    return byStep(this.split(shifted, groups).map((group) => unstack(group, 1)));
  }

  product(first: number, count: number): (state: tf.Tensor) => tf.Tensor {
    const { recurrent, recurrentBias, units } = this.matrices;
    const [rows = units, columns = 0] = recurrent.shape;
    const isAll = count * units === columns;
    const matrix = isAll ? recurrent : tf.slice(recurrent, [0, first * units], [rows, count * units]);
    const product = repeatedProduct(matrix, recurrentBias);
    const factor = this.stateFactor;
    return factor === undefined ? product : (state) => product(tf.mul(state, factor));
  }

  split(group: tf.Tensor, groups: readonly number[]): tf.Tensor[] {
    if (groups.length === 1) return [group];
    const { units } = this.matrices;
    return tf.split(
      group,
      groups.map((gates) => gates * units),
      -1,
    );
  }
}
