import * as tf from '@tensorflow/tfjs-core';
import { nativeOperation } from '../ops/native.js';
import { rule, type CreateRule, type SlotSpec, type StepContext } from './update-rule.js';

const MOMENTS: readonly SlotSpec[] = [
  { name: 'momentum', initial: 0 },
  { name: 'velocity', initial: 0 },
];

/** Moves a running average by a share of the difference. */
const approach = (average: tf.Tensor, value: tf.Tensor, beta: number): tf.Tensor =>
  tf.add(average, tf.mul(tf.sub(value, average), 1 - beta));

/** 1 - beta^step: how far a running average has come from its zero start. */
const warmth = (beta: number, { step }: StepContext): tf.Tensor =>
  tf.sub(1, nativeOperation('Pow', [tf.scalar(beta), step]));

/** keras/src/optimizers/adam.py; AdamW differs by its weight decay alone. */
export const adam: CreateRule = (config) => {
  const beta1 = config['beta_1'] as number;
  const beta2 = config['beta_2'] as number;
  const epsilon = config['epsilon'] as number;
  const amsgrad = config['amsgrad'] === true;
  return rule({
    slotGroups: [MOMENTS, ...(amsgrad ? [[{ name: 'velocity_hat', initial: 0 }]] : [])],
    prepare: (context) =>
      tf.div(tf.mul(context.learningRate, tf.sqrt(warmth(beta2, context))), warmth(beta1, context)),
    update(gradient, weight, [m, v, vHat], rate) {
      const momentum = approach(m!, gradient, beta1);
      const velocity = approach(v!, tf.square(gradient), beta2);
      const largest = vHat === undefined ? [] : [tf.maximum(vHat, velocity)];
      const scale = tf.add(tf.sqrt(largest[0] ?? velocity), epsilon);
      const next = tf.sub(weight, tf.div(tf.mul(momentum, rate), scale));
      return { weight: next, slots: [momentum, velocity, ...largest] };
    },
  });
};

/** keras/src/optimizers/adamax.py */
export const adamax: CreateRule = (config) => {
  const beta1 = config['beta_1'] as number;
  const beta2 = config['beta_2'] as number;
  const epsilon = config['epsilon'] as number;
  return rule({
    slotGroups: [
      [
        { name: 'momentum', initial: 0 },
        { name: 'norm', initial: 0 },
      ],
    ],
    prepare: (context) => tf.div(context.learningRate, warmth(beta1, context)),
    update(gradient, weight, [m, u], rate) {
      const momentum = approach(m!, gradient, beta1);
      const norm = tf.maximum(tf.mul(u!, beta2), tf.abs(gradient));
      const step = tf.div(tf.mul(momentum, rate), tf.add(norm, epsilon));
      return { weight: tf.sub(weight, step), slots: [momentum, norm] };
    },
  });
};

/** keras/src/optimizers/nadam.py; its warm-up factors multiply up in a variable of the optimizer as a whole. */
export const nadam: CreateRule = (config) => {
  const beta1 = config['beta_1'] as number;
  const beta2 = config['beta_2'] as number;
  const epsilon = config['epsilon'] as number;
  const factor = (step: tf.Tensor) => tf.mul(tf.sub(1, tf.mul(tf.pow(0.96, step), 0.5)), beta1);
  return rule({
    slotGroups: [MOMENTS],
    globals: [{ name: 'u_product', initial: 1 }],
    updateGlobals: ([product], { step }) => [tf.mul(product!, factor(step))],
    prepare(context, [product]) {
      const [now, next] = [factor(context.step), factor(tf.add(context.step, 1))];
      return {
        ofMomentum: tf.div(next, tf.sub(1, tf.mul(product!, next))),
        ofGradient: tf.div(tf.sub(1, now), tf.sub(1, product!)),
        warmth: warmth(beta2, context),
        learningRate: context.learningRate,
      };
    },
    update(gradient, weight, [m, v], shared) {
      const momentum = approach(m!, gradient, beta1);
      const velocity = approach(v!, tf.square(gradient), beta2);
      const ahead = tf.add(tf.mul(momentum, shared.ofMomentum), tf.mul(gradient, shared.ofGradient));
      const scale = tf.add(tf.sqrt(tf.div(velocity, shared.warmth)), epsilon);
      const next = tf.sub(weight, tf.div(tf.mul(ahead, shared.learningRate), scale));
      return { weight: next, slots: [momentum, velocity] };
    },
  });
};

/** keras/src/optimizers/lamb.py: Adam's step, scaled to the norm of the weight. */
export const lamb: CreateRule = (config) => {
  const beta1 = config['beta_1'] as number;
  const beta2 = config['beta_2'] as number;
  const epsilon = config['epsilon'] as number;
  const norm = (x: tf.Tensor) => tf.sqrt(tf.sum(tf.square(x)));
  return rule({
    slotGroups: [MOMENTS],
    prepare: (context) => ({
      momentumWarmth: warmth(beta1, context),
      velocityWarmth: warmth(beta2, context),
      learningRate: context.learningRate,
    }),
    update(gradient, weight, [m, v], shared) {
      const momentum = approach(m!, gradient, beta1);
      const velocity = approach(v!, tf.square(gradient), beta2);
      const scale = tf.add(tf.sqrt(tf.div(velocity, shared.velocityWarmth)), epsilon);
      const step = tf.div(tf.div(momentum, shared.momentumWarmth), scale);
      const [weightNorm, stepNorm] = [norm(weight), norm(step)];
      const bothNonZero = tf.logicalAnd(tf.greater(weightNorm, 0), tf.greater(stepNorm, 0));
      const ratio = tf.where(bothNonZero, tf.div(weightNorm, stepNorm), tf.scalar(1));
      const change = tf.mul(step, tf.mul(ratio, shared.learningRate));
      return { weight: tf.sub(weight, change), slots: [momentum, velocity] };
    },
  });
};
