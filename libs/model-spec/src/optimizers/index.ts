import type { KerasObject } from '@epochal/contracts';
import { z } from 'zod';
import {
  catalogueOf,
  type ComponentDefinition,
  type ResolvedObject,
} from '../catalogue/component-definition.js';
import { fraction, name, nonNegative, number, positiveInteger } from '../catalogue/fields.js';
import { objectField } from '../catalogue/object-field.js';
import { createResolver } from '../catalogue/resolve.js';
import { scheduleResolver } from './schedules.js';

export { LEARNING_RATE_SCHEDULES, resolveSchedule } from './schedules.js';

/** Arguments of every Keras optimizer (keras/src/optimizers/base_optimizer.py). */
const baseFields = (learningRate: number, weightDecay: number | null) => ({
  name,
  learning_rate: z.union([nonNegative, objectField(scheduleResolver, 'learning_rate')]).default(learningRate),
  weight_decay: number.nullable().default(weightDecay),
  clipnorm: number.nullable().default(null),
  global_clipnorm: number.nullable().default(null),
  clipvalue: number.nullable().default(null),
  use_ema: z.boolean().default(false),
  ema_momentum: fraction.default(0.99),
  ema_overwrite_frequency: positiveInteger.nullable().default(null),
  loss_scale_factor: number.nullable().default(null),
  gradient_accumulation_steps: z.number().int().min(2).nullable().default(null),
});

interface OptimizerFields {
  className: string;
  learningRate?: number;
  weightDecay?: number;
  fields: z.ZodRawShape;
}

function optimizer({
  className,
  learningRate = 0.001,
  weightDecay,
  fields,
}: OptimizerFields): ComponentDefinition {
  const config = z
    .strictObject({ ...baseFields(learningRate, weightDecay ?? null), ...fields })
    .refine(
      ({ clipnorm, clipvalue, global_clipnorm }) =>
        [clipnorm, clipvalue, global_clipnorm].filter((value) => value !== null).length <= 1,
      { path: ['clipnorm'], message: 'only one of clipnorm, clipvalue and global_clipnorm can be set' },
    );
  return { className, aliases: [], config: config as unknown as ComponentDefinition['config'] };
}

const moments = { beta_1: fraction.default(0.9), beta_2: fraction.default(0.999) };
const epsilon = { epsilon: nonNegative.default(1e-7) };
const amsgrad = { amsgrad: z.boolean().default(false) };

/** Keras's optimizers (keras/src/optimizers). */
export const OPTIMIZERS: Record<string, ComponentDefinition> = catalogueOf([
  optimizer({
    className: 'SGD',
    learningRate: 0.01,
    fields: { momentum: fraction.default(0), nesterov: z.boolean().default(false) },
  }),
  optimizer({
    className: 'RMSprop',
    fields: {
      rho: fraction.default(0.9),
      momentum: nonNegative.default(0),
      ...epsilon,
      centered: z.boolean().default(false),
    },
  }),
  optimizer({ className: 'Adam', fields: { ...moments, ...epsilon, ...amsgrad } }),
  optimizer({ className: 'AdamW', weightDecay: 0.004, fields: { ...moments, ...epsilon, ...amsgrad } }),
  optimizer({ className: 'Adamax', fields: { ...moments, ...epsilon } }),
  optimizer({ className: 'Nadam', fields: { ...moments, ...epsilon } }),
  optimizer({ className: 'Lamb', fields: { ...moments, ...epsilon } }),
  optimizer({
    className: 'Adagrad',
    fields: { initial_accumulator_value: nonNegative.default(0.1), ...epsilon },
  }),
  optimizer({ className: 'Adadelta', fields: { rho: fraction.default(0.95), ...epsilon } }),
  optimizer({
    className: 'Ftrl',
    fields: {
      learning_rate_power: z.number().max(0).default(-0.5),
      initial_accumulator_value: nonNegative.default(0.1),
      l1_regularization_strength: nonNegative.default(0),
      l2_regularization_strength: nonNegative.default(0),
      l2_shrinkage_regularization_strength: nonNegative.default(0),
      beta: number.default(0),
    },
  }),
  optimizer({
    className: 'Lion',
    fields: { beta_1: z.number().gt(0).max(1).default(0.9), beta_2: fraction.default(0.99) },
  }),
  optimizer({
    className: 'Adafactor',
    fields: {
      beta_2_decay: number.default(-0.8),
      epsilon_1: nonNegative.default(1e-30),
      epsilon_2: nonNegative.default(0.001),
      clip_threshold: number.default(1),
      relative_step: z.boolean().default(true),
    },
  }),
]);

const resolver = createResolver('optimizer', OPTIMIZERS, { letterCase: 'ignored' });

/**
 * The optimizer that `Model.compile(optimizer=...)` would make.
 * @throws UnknownNameError, ConfigError
 */
export const resolveOptimizer = (input: KerasObject, field = 'optimizer'): ResolvedObject =>
  resolver.resolve(input, field);
