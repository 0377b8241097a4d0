import * as tf from '@tensorflow/tfjs-core';
import { rule, type CreateRule } from './update-rule.js';

/** keras/src/optimizers/adagrad.py */
export const adagrad: CreateRule = (config) => {
  const epsilon = config['epsilon'] as number;
  return rule({
    slotGroups: [[{ name: 'accumulator', initial: config['initial_accumulator_value'] as number }]],
    prepare: ({ learningRate }) => learningRate,
    update(gradient, weight, [sum], learningRate) {
      const accumulator = tf.add(sum!, tf.square(gradient));
      const step = tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(accumulator, epsilon)));
      return { weight: tf.sub(weight, step), slots: [accumulator] };
    },
  });
};

/** keras/src/optimizers/adadelta.py */
export const adadelta: CreateRule = (config) => {
  const rho = config['rho'] as number;
  const epsilon = config['epsilon'] as number;
  const decayed = (average: tf.Tensor, value: tf.Tensor) =>
    tf.add(tf.mul(average, rho), tf.mul(tf.square(value), 1 - rho));
  return rule({
    slotGroups: [
      [
        { name: 'accumulated_grad', initial: 0 },
        { name: 'accumulated_delta_var', initial: 0 },
      ],
    ],
    prepare: ({ learningRate }) => learningRate,
    update(gradient, weight, [gradients, deltas], learningRate) {
      const root = (x: tf.Tensor) => tf.sqrt(tf.add(x, epsilon));
      const nextGradients = decayed(gradients!, gradient);
      const step = tf.div(tf.mul(root(deltas!), gradient), root(nextGradients));
      return {
        weight: tf.sub(weight, tf.mul(step, learningRate)),
        slots: [nextGradients, decayed(deltas!, step)],
      };
    },
  });
};

/** keras/src/optimizers/ftrl.py */
export const ftrl: CreateRule = (config) => {
  const number = (key: string) => config[key] as number;
  const power = -number('learning_rate_power');
  const l1 = number('l1_regularization_strength');
  const shrinkage = 2 * number('l2_shrinkage_regularization_strength');
  const raise = (x: tf.Tensor) => (power === 0.5 ? tf.sqrt(x) : tf.pow(x, power));
  return rule({
    slotGroups: [
      [
        { name: 'accumulator', initial: number('initial_accumulator_value') },
        { name: 'linear', initial: 0 },
      ],
    ],
    prepare: ({ learningRate }) => ({
      learningRate,
      l2: tf.add(tf.div(number('beta'), learningRate), 2 * number('l2_regularization_strength')),
    }),
    update(gradient, weight, [sum, linear], { learningRate, l2 }) {
      const shrunk = shrinkage === 0 ? gradient : tf.add(gradient, tf.mul(weight, shrinkage));
      const accumulator = tf.add(sum!, tf.square(gradient));
      const raised = raise(accumulator);
      const growth = tf.div(tf.sub(raised, raise(sum!)), learningRate);
      const nextLinear = tf.add(linear!, tf.sub(shrunk, tf.mul(growth, weight)));
      const quadratic = tf.add(tf.div(raised, learningRate), l2);
      const pull = tf.sub(tf.clipByValue(nextLinear, -l1, l1), nextLinear);
      return { weight: tf.div(pull, quadratic), slots: [accumulator, nextLinear] };
    },
  });
};

/** keras/src/optimizers/adafactor.py: the second moment of a matrix is kept as a row and a column. */
export const adafactor: CreateRule = (config) => {
  const number = (key: string) => config[key] as number;
  const hasSchedule = typeof config['learning_rate'] === 'object';
  const isRelative = config['relative_step'] === true && !hasSchedule;
  const rms = (x: tf.Tensor) => tf.sqrt(tf.mean(tf.square(x)));
  const factored = (shape: readonly number[], rest: readonly number[]) => (shape.length < 2 ? [] : rest);
  return rule({
    slotGroups: [
      [
        { name: 'row', initial: 0, shape: (w) => factored(w, w.slice(0, -1)) },
        { name: 'column', initial: 0, shape: (w) => factored(w, [...w.slice(0, -2), w.at(-1) ?? 1]) },
        { name: 'velocity', initial: 0 },
      ],
    ],
    prepare({ learningRate, step }) {
      const limit = tf.div(1, tf.sqrt(step));
      const rate = isRelative ? tf.minimum(learningRate, limit) : learningRate;
      return {
        rate: tf.minimum(rate, limit),
        kept: tf.sub(1, tf.pow(step, number('beta_2_decay'))),
      };
    },
    update(gradient, weight, [row, column, velocity], { rate, kept }) {
      const squares = tf.add(tf.square(gradient), number('epsilon_1'));
      const moved = (average: tf.Tensor, value: tf.Tensor) =>
        tf.add(tf.mul(average, kept), tf.mul(value, tf.sub(1, kept)));
      const isFactored = weight.rank >= 2;
      const nextRow = isFactored ? moved(row!, tf.mean(squares, -1)) : row!;
      const nextColumn = isFactored ? moved(column!, tf.mean(squares, -2)) : column!;
      const next = isFactored ? outer(nextRow, nextColumn) : moved(velocity!, squares);
      const step = tf.div(gradient, tf.sqrt(next));
      const clipped = tf.div(step, tf.maximum(1, tf.div(rms(step), number('clip_threshold'))));
      const size = tf.mul(tf.maximum(rms(weight), number('epsilon_2')), rate);
      return { weight: tf.sub(weight, tf.mul(clipped, size)), slots: [nextRow, nextColumn, next] };
    },
  });
};

const outer = (row: tf.Tensor, column: tf.Tensor): tf.Tensor =>
  tf.mul(tf.expandDims(tf.div(row, tf.mean(row, -1, true)), -1), tf.expandDims(column, -2));
