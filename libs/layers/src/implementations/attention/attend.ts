import * as tf from '@tensorflow/tfjs-core';
import { softmax } from '../../activations/softmax.js';
import type { CallContext, Mask } from '../../layer.js';
import { fillUnless } from '../../ops/select.js';
import { dropout } from '../regularization.js';

/** What Keras's two ways of computing attention give to steps that are not seen (keras/src/backend/tensorflow/nn.py, Softmax). */
const UNSEEN = { fused: 3.38953e38 * -0.7, stepwise: -1e9 } as const;

export interface AttentionOptions {
  /** The last axes, which the softmax goes over, are those of the attended axes of the value. */
  readonly attendedAxes: number;
  readonly rate: number;
  /**
   * `stepwise` gives nothing to a step of the query that sees no step at all; `fused`, which Keras takes when there is no dropout and
   * nobody asks for the scores, gives such a step the mean of all values.
   */
  readonly way: keyof typeof UNSEEN;
}

export interface Weighted {
  /** Shares of the steps of the value. */
  readonly scores: tf.Tensor;
  /** The same with some left out, in training with dropout. */
  readonly dropped: tf.Tensor;
}

/** The shares that steps of the value get from their products with those of the query. */
export function sharesOf(
  products: tf.Tensor,
  visible: Mask,
  { attendedAxes, rate, way }: AttentionOptions,
  { training, random }: Pick<CallContext, 'training' | 'random'>,
): Weighted {
  const mask = visible === null ? null : expanded(visible, products.rank, attendedAxes);
  const masked = mask === null ? products : fillUnless(mask, products, UNSEEN[way]);
  const shares = overLast(masked, attendedAxes);
  const scores = mask === null || way === 'fused' ? shares : fillUnless(mask, shares, 0);
  const dropped = training && rate > 0 ? dropout(scores, rate, scores.shape, random) : scores;
  return { scores, dropped };
}

/** Adds axes, such as that of the heads, before the attended ones. */
function expanded(mask: tf.Tensor, rank: number, attendedAxes: number): tf.Tensor {
  const place = Math.max(0, mask.rank - 2 * attendedAxes);
  const ones = Array.from({ length: rank - mask.rank }, () => 1);
  if (ones.length === 0) return mask;
  return tf.reshape(mask, [...mask.shape.slice(0, place), ...ones, ...mask.shape.slice(place)]);
}

/** Softmax over several last axes together. */
function overLast(x: tf.Tensor, axes: number): tf.Tensor {
  if (axes === 1) return softmax(x, -1);
  const flat = tf.reshape(x, [...x.shape.slice(0, -axes), -1]);
  return tf.reshape(softmax(flat, -1), x.shape);
}
