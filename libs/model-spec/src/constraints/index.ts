import { z } from 'zod';
import { catalogueOf, type ComponentDefinition } from '../catalogue/component-definition.js';
import { fraction, nonNegative } from '../catalogue/fields.js';
import { objectField } from '../catalogue/object-field.js';
import { createResolver } from '../catalogue/resolve.js';

const axis = z.union([z.number().int(), z.array(z.number().int())]).default(0);

/** Keras's constraints (keras/src/constraints). */
export const CONSTRAINTS: Record<string, ComponentDefinition> = catalogueOf([
  {
    className: 'MaxNorm',
    aliases: [],
    config: z.strictObject({ max_value: nonNegative.default(2), axis }),
  },
  {
    className: 'MinMaxNorm',
    aliases: [],
    config: z.strictObject({
      min_value: nonNegative.default(0),
      max_value: nonNegative.default(1),
      rate: fraction.default(1),
      axis,
    }),
  },
  { className: 'NonNeg', aliases: [], config: z.strictObject({}) },
  { className: 'UnitNorm', aliases: [], config: z.strictObject({ axis }) },
]);

const resolver = createResolver('constraint', CONSTRAINTS);

/** @throws UnknownNameError, ConfigError */
export const resolveConstraint = resolver.resolve;

/** A config key that may hold a constraint. */
export const constraintField = (field: string) => objectField(resolver, field).nullable().default(null);
