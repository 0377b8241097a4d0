import { z } from 'zod';
import { jsonObjectSchema, jsonValueSchema } from './json.js';

/** A Keras object: by name ("adam", "mse") or by class name and config, as Keras serialises it. */
export const kerasObjectSchema = z
  .union([
    z.string().min(1),
    z.strictObject({
      class_name: z.string().min(1),
      config: jsonObjectSchema.default({}),
      module: z.string().nullish(),
      registered_name: z.string().nullish(),
    }),
  ])
  .meta({ id: 'KerasObject' });
export type KerasObject = z.infer<typeof kerasObjectSchema>;

const perOutput = <T extends z.ZodType>(value: T) =>
  z.union([value, z.array(value.nullable()), z.record(z.string(), value.nullable())]);

/** Arguments of `Model.compile`. Losses are one, one an output in order, or by output name. */
export const compileSchema = z
  .strictObject({
    optimizer: kerasObjectSchema.default('rmsprop'),
    loss: perOutput(kerasObjectSchema),
    loss_weights: z
      .union([z.number(), z.array(z.number()), z.record(z.string(), z.number())])
      .nullable()
      .optional(),
    metrics: z
      .union([
        z.array(z.union([kerasObjectSchema, z.array(kerasObjectSchema)])),
        z.record(z.string(), z.union([kerasObjectSchema, z.array(kerasObjectSchema)])),
      ])
      .optional(),
    weighted_metrics: z
      .union([
        z.array(z.union([kerasObjectSchema, z.array(kerasObjectSchema)])),
        z.record(z.string(), z.union([kerasObjectSchema, z.array(kerasObjectSchema)])),
      ])
      .optional(),
  })
  .meta({ id: 'Compile' });
export type Compile = z.infer<typeof compileSchema>;

/** Arguments of `Model.fit`, with Keras's names and defaults. */
export const fitSchema = z
  .strictObject({
    epochs: z.number().int().min(1).max(1_000_000).default(1),
    initial_epoch: z.number().int().min(0).default(0),
    batch_size: z.number().int().min(1).max(1_048_576).default(32),
    shuffle: z.boolean().default(true),
    validation_split: z.number().min(0).lt(1).default(0).meta({
      description: 'Fraction of the training rows, taken from their end before shuffling, that is held out',
    }),
    validation_freq: z.number().int().min(1).default(1),
    validation_batch_size: z.number().int().min(1).optional(),
    steps_per_epoch: z.number().int().min(1).optional(),
    class_weight: z.record(z.string().regex(/^\d+$/), z.number()).optional(),
    sample_weight: z
      .string()
      .optional()
      .meta({ description: 'Name of the column with the weight of each row' }),
  })
  .meta({ id: 'Fit' });
export type Fit = z.infer<typeof fitSchema>;

export const callbackSchema = z
  .strictObject({ class_name: z.string().min(1), config: z.record(z.string(), jsonValueSchema).default({}) })
  .meta({ id: 'Callback' });
export type Callback = z.infer<typeof callbackSchema>;
