import { resolveConstraint } from '@epochal/model-spec';
import type { KerasObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from '../ops/elementwise.js';

/** What a weight becomes after each update. */
export type Constraint = (weight: tf.Tensor) => tf.Tensor;

type Axis = number | number[];

/** @throws UnknownNameError, ConfigError */
export function createConstraint(input: KerasObject): Constraint {
  const { class_name, config } = resolveConstraint(input, 'constraint');
  const number = (key: string) => config[key] as number;
  const axis = config['axis'] as Axis;
  switch (class_name) {
    case 'MaxNorm':
      return (w) => rescale(w, axis, (norms) => tf.clipByValue(norms, 0, number('max_value')));
    case 'MinMaxNorm':
      return (w) =>
        rescale(w, axis, (norms) => {
          const clipped = tf.clipByValue(norms, number('min_value'), number('max_value'));
          const rate = number('rate');
          return rate === 1 ? clipped : tf.add(tf.mul(clipped, rate), tf.mul(norms, 1 - rate));
        });
    case 'UnitNorm':
      return (w) => tf.div(w, tf.add(normsOf(w, axis), EPSILON));
    default:
      return (w) => tf.maximum(w, 0);
  }
}

const normsOf = (w: tf.Tensor, axis: Axis) => tf.sqrt(tf.sum(tf.square(w), axis, true));

function rescale(w: tf.Tensor, axis: Axis, desired: (norms: tf.Tensor) => tf.Tensor): tf.Tensor {
  const norms = normsOf(w, axis);
  return tf.mul(w, tf.div(desired(norms), tf.add(norms, EPSILON)));
}
