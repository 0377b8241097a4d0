import { z } from 'zod';
import { catalogueOf, type ComponentDefinition } from '../catalogue/component-definition.js';
import { nonNegative, number } from '../catalogue/fields.js';
import { createResolver } from '../catalogue/resolve.js';

const steps = z.number().gt(0);

/** Keras's learning rate schedules (keras/src/optimizers/schedules). */
export const LEARNING_RATE_SCHEDULES: Record<string, ComponentDefinition> = catalogueOf([
  ...(['ExponentialDecay', 'InverseTimeDecay'] as const).map((className) => ({
    className,
    aliases: [],
    config: z.strictObject({
      initial_learning_rate: number,
      decay_steps: steps,
      decay_rate: number,
      staircase: z.boolean().default(false),
      name: z.string().default(className),
    }),
  })),
  {
    className: 'PiecewiseConstantDecay',
    aliases: [],
    config: z
      .strictObject({
        boundaries: z.array(number).min(1),
        values: z.array(number),
        name: z.string().default('PiecewiseConstant'),
      })
      .refine(({ boundaries, values }) => values.length === boundaries.length + 1, {
        path: ['values'],
        message: 'expected one value more than there are boundaries',
      }),
  },
  {
    className: 'PolynomialDecay',
    aliases: [],
    config: z.strictObject({
      initial_learning_rate: number,
      decay_steps: steps,
      end_learning_rate: number.default(0.0001),
      power: number.default(1),
      cycle: z.boolean().default(false),
      name: z.string().default('PolynomialDecay'),
    }),
  },
  {
    className: 'CosineDecay',
    aliases: [],
    config: z.strictObject({
      initial_learning_rate: number,
      decay_steps: steps,
      alpha: number.default(0),
      name: z.string().default('CosineDecay'),
      warmup_target: number.nullable().default(null),
      warmup_steps: nonNegative.default(0),
    }),
  },
  {
    className: 'CosineDecayRestarts',
    aliases: [],
    config: z.strictObject({
      initial_learning_rate: number,
      first_decay_steps: steps,
      t_mul: number.default(2),
      m_mul: number.default(1),
      alpha: number.default(0),
      name: z.string().default('SGDRDecay'),
    }),
  },
]);

const resolver = createResolver('learning rate schedule', LEARNING_RATE_SCHEDULES);

/** @throws UnknownNameError, ConfigError */
export const resolveSchedule = resolver.resolve;
export { resolver as scheduleResolver };
