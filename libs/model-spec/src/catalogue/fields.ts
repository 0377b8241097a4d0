import { z } from 'zod';

/** A number that Keras's config may hold. */
export const number = z.number();
export const integer = z.number().int();
export const positiveInteger = z.number().int().min(1);
export const nonNegative = z.number().min(0);
/** A probability. */
export const fraction = z.number().min(0).max(1);
export const name = z.string().nullable().default(null);
/** Keras writes a seed generator as an object; its state is not in the config, so only whole numbers count here. */
export const seed = z
  .union([z.number().int(), z.looseObject({ class_name: z.string() }).transform(() => null)])
  .nullable()
  .default(null);

/** Computation is in float32; Keras writes the dtype as a name or as a serialised DTypePolicy. */
export const computeDtype = z
  .union([
    z.string(),
    z
      .looseObject({ class_name: z.string(), config: z.looseObject({ name: z.string() }) })
      .transform((policy) => policy.config.name),
  ])
  .nullable()
  .default('float32')
  .transform((dtype) => dtype ?? 'float32')
  .refine((dtype) => dtype === 'float32', {
    error: (issue) =>
      `expected "float32", the only dtype that is computed in; received ${JSON.stringify(issue.input)}`,
  });
