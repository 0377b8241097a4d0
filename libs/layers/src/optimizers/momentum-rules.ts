import * as tf from '@tensorflow/tfjs-core';
import { rule, type CreateRule } from './update-rule.js';

/** keras/src/optimizers/sgd.py */
export const sgd: CreateRule = (config) => {
  const momentum = config['momentum'] as number;
  const nesterov = config['nesterov'] === true;
  return rule({
    slotGroups: momentum === 0 ? [] : [[{ name: 'momentum', initial: 0 }]],
    prepare: ({ learningRate }) => learningRate,
    update(gradient, weight, [previous], learningRate) {
      const step = tf.mul(gradient, learningRate);
      if (previous === undefined) return { weight: tf.sub(weight, step), slots: [] };
      const velocity = tf.sub(tf.mul(previous, momentum), step);
      const change = nesterov ? tf.sub(tf.mul(velocity, momentum), step) : velocity;
      return { weight: tf.add(weight, change), slots: [velocity] };
    },
  });
};

/** keras/src/optimizers/rmsprop.py */
export const rmsprop: CreateRule = (config) => {
  const rho = config['rho'] as number;
  const momentum = config['momentum'] as number;
  const epsilon = config['epsilon'] as number;
  const centered = config['centered'] === true;
  return rule({
    slotGroups: [
      [{ name: 'velocity', initial: 0 }],
      ...(momentum > 0 ? [[{ name: 'momentum', initial: 0 }]] : []),
      ...(centered ? [[{ name: 'average_gradient', initial: 0 }]] : []),
    ],
    prepare: ({ learningRate }) => learningRate,
    update(gradient, weight, slots, learningRate) {
      const decayed = (slot: tf.Tensor, value: tf.Tensor) =>
        tf.add(tf.mul(slot, rho), tf.mul(value, 1 - rho));
      const velocity = decayed(slots[0]!, tf.square(gradient));
      const average = centered ? [decayed(slots.at(-1)!, gradient)] : [];
      const spread = average[0] === undefined ? velocity : tf.sub(velocity, tf.square(average[0]));
      const step = tf.div(tf.mul(gradient, learningRate), tf.sqrt(tf.add(spread, epsilon)));
      if (momentum === 0) return { weight: tf.sub(weight, step), slots: [velocity, ...average] };
      const moving = tf.add(tf.mul(slots[1]!, momentum), step);
      return { weight: tf.sub(weight, moving), slots: [velocity, moving, ...average] };
    },
  });
};

/** keras/src/optimizers/lion.py */
export const lion: CreateRule = (config) => {
  const beta1 = config['beta_1'] as number;
  const beta2 = config['beta_2'] as number;
  return rule({
    slotGroups: [[{ name: 'momentum', initial: 0 }]],
    prepare: ({ learningRate }) => learningRate,
    update(gradient, weight, slots, learningRate) {
      const mix = (beta: number) => tf.add(tf.mul(slots[0]!, beta), tf.mul(gradient, 1 - beta));
      return { weight: tf.sub(weight, tf.mul(tf.sign(mix(beta1)), learningRate)), slots: [mix(beta2)] };
    },
  });
};
