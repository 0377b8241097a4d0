import * as tf from '@tensorflow/tfjs-core';
import type { Mask } from '../layer.js';
import { maximum, minimum } from '../ops/elementwise.js';
import { l2Normalize } from '../ops/normalize.js';
import { implement } from './implement.js';

/** Adds axes after the batch until all inputs have one rank, as Keras's merge layers do. */
function sameRanks(inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const rank = Math.max(...inputs.map((input) => input.rank));
  return inputs.map((input) => {
    if (input.rank === rank) return input;
    const [batch = 1, ...rest] = input.shape;
    return tf.reshape(input, [batch, ...Array.from({ length: rank - input.rank }, () => 1), ...rest]);
  });
}

/** A step counts where any input has it; without masks of all inputs there is none. */
function anyMask(masks: readonly Mask[]): Mask[] {
  const all = masks.filter((mask) => mask !== null);
  if (all.length < masks.length || all.length === 0) return [null];
  return [all.reduce((a, b) => tf.logicalOr(a, b))];
}

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

function pairwise<const Name extends 'Add' | 'Subtract' | 'Multiply' | 'Maximum' | 'Minimum'>(
  className: Name,
  operation: Binary,
) {
  return implement(className, {
    masks: (_config, _inputs, masks) => anyMask(masks),
    call: (_config, inputs) => sameRanks(inputs).reduce((a, b) => operation(a, b)),
  });
}

const average = implement('Average', {
  masks: (_config, _inputs, masks) => anyMask(masks),
  call: (_config, inputs) =>
    tf.mul(
      sameRanks(inputs).reduce((a, b) => tf.add(a, b)),
      1 / inputs.length,
    ),
});

const concatenate = implement('Concatenate', {
  masks({ axis }, inputs, masks) {
    if (masks.every((mask) => mask === null)) return [null];
    const spread = inputs.map((input, index) => {
      const everything = tf.fill(input.shape, 1, 'bool');
      const mask = masks[index] ?? null;
      if (mask === null) return everything;
      return mask.rank < input.rank ? tf.logicalAnd(tf.expandDims(mask, -1), everything) : mask;
    });
    return [tf.any(tf.concat(spread, axis), -1)];
  },
  call: ({ axis }, inputs) => (inputs.length === 1 ? [...inputs] : tf.concat([...inputs], axis)),
});

/** Sum of products along one axis of each input, batch by batch (keras/src/layers/merging/dot.py). */
const dot = implement('Dot', {
  call({ axes, normalize }, inputs) {
    const [first, second] = inputs as [tf.Tensor, tf.Tensor];
    const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);
    const [a0, b0] = [positive(axes[0] ?? -1, first.rank), positive(axes[1] ?? -1, second.rank)];
    const a = normalize ? l2Normalize(first, a0) : first;
    const b = normalize ? l2Normalize(second, b0) : second;
    const [rows, columns] = [movedTo(a, a0, a.rank - 1), movedTo(b, b0, 1)];
    const batch = a.shape[0] ?? 1;
    const size = a.shape[a0] ?? 1;
    const product = tf.matMul(tf.reshape(rows, [batch, -1, size]), tf.reshape(columns, [batch, size, -1]));
    const shape = [batch, ...rows.shape.slice(1, -1), ...columns.shape.slice(2)];
    return tf.reshape(product, shape.length === 1 ? [batch, 1] : shape);
  },
});

function movedTo(x: tf.Tensor, axis: number, place: number): tf.Tensor {
  if (axis === place) return x;
  const order = [...x.shape.keys()].filter((index) => index !== axis);
  order.splice(place, 0, axis);
  return tf.transpose(x, order);
}

export const mergingImplementations = [
  pairwise('Add', tf.add),
  pairwise('Subtract', tf.sub),
  pairwise('Multiply', tf.mul),
  pairwise('Maximum', maximum),
  pairwise('Minimum', minimum),
  average,
  concatenate,
  dot,
];
