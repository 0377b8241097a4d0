import { z } from 'zod';
import { catalogueOf, type ComponentDefinition } from '../catalogue/component-definition.js';
import { number, seed } from '../catalogue/fields.js';
import { objectField } from '../catalogue/object-field.js';
import { createResolver } from '../catalogue/resolve.js';

/** Which axes of a weight count as its inputs and outputs, where its shape alone does not tell. */
const axes = {
  input_axes: z.array(z.number().int()).nullable().default(null),
  output_axes: z.array(z.number().int()).nullable().default(null),
};

const scaled = (className: string): ComponentDefinition => ({
  className,
  aliases: [],
  config: z.strictObject({ seed, ...axes }),
});

/** Keras's initializers (keras/src/initializers). */
export const INITIALIZERS: Record<string, ComponentDefinition> = catalogueOf([
  { className: 'Zeros', aliases: ['zero'], config: z.strictObject({}) },
  { className: 'Ones', aliases: ['one'], config: z.strictObject({}) },
  { className: 'Constant', aliases: [], config: z.strictObject({ value: z.json().default(0) }) },
  {
    className: 'Identity',
    aliases: ['IdentityInitializer'],
    config: z.strictObject({ gain: number.default(1) }),
  },
  {
    className: 'Orthogonal',
    aliases: ['OrthogonalInitializer'],
    config: z.strictObject({ gain: number.default(1), seed }),
  },
  {
    className: 'RandomNormal',
    aliases: ['normal'],
    config: z.strictObject({ mean: number.default(0), stddev: number.default(0.05), seed }),
  },
  {
    className: 'TruncatedNormal',
    aliases: [],
    config: z.strictObject({ mean: number.default(0), stddev: number.default(0.05), seed }),
  },
  {
    className: 'RandomUniform',
    aliases: ['uniform'],
    config: z.strictObject({ minval: number.default(-0.05), maxval: number.default(0.05), seed }),
  },
  {
    className: 'VarianceScaling',
    aliases: [],
    config: z.strictObject({
      scale: z.number().gt(0).default(1),
      mode: z.enum(['fan_in', 'fan_out', 'fan_avg']).default('fan_in'),
      distribution: z
        .enum(['normal', 'truncated_normal', 'untruncated_normal', 'uniform'])
        .default('truncated_normal')
        .transform((distribution) => (distribution === 'normal' ? 'truncated_normal' : distribution)),
      seed,
      ...axes,
    }),
  },
  ...['GlorotUniform', 'GlorotNormal', 'HeUniform', 'HeNormal', 'LecunUniform', 'LecunNormal'].map(scaled),
]);

const resolver = createResolver('initializer', INITIALIZERS);

/** @throws UnknownNameError, ConfigError */
export const resolveInitializer = resolver.resolve;

/** A config key that holds an initializer. */
export const initializerField = (field: string) => objectField(resolver, field);
