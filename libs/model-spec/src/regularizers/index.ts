import { z } from 'zod';
import { catalogueOf, type ComponentDefinition } from '../catalogue/component-definition.js';
import { nonNegative } from '../catalogue/fields.js';
import { objectField } from '../catalogue/object-field.js';
import { createResolver } from '../catalogue/resolve.js';

/** Keras takes null for the default. */
const factor = (initial: number) =>
  nonNegative
    .nullable()
    .default(initial)
    .transform((value) => value ?? initial);

/** Keras's regularizers (keras/src/regularizers). */
export const REGULARIZERS: Record<string, ComponentDefinition> = catalogueOf([
  { className: 'L1', aliases: [], config: z.strictObject({ l1: factor(0.01) }) },
  { className: 'L2', aliases: [], config: z.strictObject({ l2: factor(0.01) }) },
  // Keras 2 names its class so, and writes "l1_l2".
  { className: 'L1L2', aliases: ['l1_l2'], config: z.strictObject({ l1: factor(0), l2: factor(0) }) },
  {
    className: 'OrthogonalRegularizer',
    aliases: [],
    config: z.strictObject({
      factor: nonNegative.default(0.01),
      mode: z.enum(['rows', 'columns']).default('rows'),
    }),
  },
]);

const resolver = createResolver('regularizer', REGULARIZERS);

/** @throws UnknownNameError, ConfigError */
export const resolveRegularizer = resolver.resolve;

/** A config key that may hold a regularizer. */
export const regularizerField = (field: string) => objectField(resolver, field).nullable().default(null);
