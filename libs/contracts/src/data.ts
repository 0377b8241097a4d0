import { z } from 'zod';

/**
 * How columns become a tensor. The statistics that imputing, standardising and one-hot encoding need are fitted on the
 * training rows only. Each step stands in the order in which it is applied: impute, encode, standardize, scale and offset.
 */
export const columnGroupSchema = z
  .strictObject({
    columns: z.array(z.string().min(1)).min(1),
    impute: z
      .union([
        z.enum(['mean', 'median', 'most_frequent']),
        z.strictObject({ constant: z.union([z.number(), z.string()]) }),
      ])
      .optional()
      .meta({ description: 'What stands in for missing values; without it, missing values are an error' }),
    encoding: z.enum(['numeric', 'one_hot', 'int']).optional().meta({
      description:
        'Default: numeric for numbers and booleans, one_hot for strings. int is the category index',
    }),
    standardize: z
      .boolean()
      .default(false)
      .meta({ description: 'Subtract the mean, divide by the standard deviation' }),
    scale: z.number().default(1),
    offset: z.number().default(0),
  })
  .meta({ id: 'ColumnGroup' });
export type ColumnGroup = z.infer<typeof columnGroupSchema>;

/** A column's name alone stands for a group of that one column with every default. */
export const columnGroupInputSchema = z.union([
  z
    .string()
    .min(1)
    .transform((name) => ({ columns: [name] }))
    .pipe(columnGroupSchema),
  columnGroupSchema,
]);

const columnGroupsSchema = z.union([
  columnGroupInputSchema
    .transform((group): z.input<typeof columnGroupSchema>[] => [group])
    .pipe(z.array(columnGroupSchema)),
  z.array(columnGroupInputSchema).min(1),
]);

/** One group list for a model of one input (or output), or a list for each by its name. */
const tensorsSchema = z.union([columnGroupsSchema, z.record(z.string(), columnGroupsSchema)]);

/** Rows are assigned at random by the seed: first the test split, then the validation split, the rest is trained on. */
export const splitSchema = z
  .strictObject({
    test: z.number().min(0).lt(1).default(0).meta({ description: 'Fraction of all rows' }),
    validation: z.number().min(0).lt(1).default(0).meta({ description: 'Fraction of all rows' }),
    seed: z.number().int().min(0).max(0xffffffff).default(0),
  })
  .refine((split) => split.test + split.validation < 1, {
    message: 'test and validation together must leave rows to train on: their sum must be below 1',
  });
export type Split = z.infer<typeof splitSchema>;

/** Which columns of the dataset are the model's inputs (x) and targets (y), as in `Model.fit(x, y)`. */
export const dataSchema = z
  .strictObject({ x: tensorsSchema, y: tensorsSchema, split: splitSchema.prefault({}) })
  .meta({ id: 'Data' });
export type Data = z.infer<typeof dataSchema>;
export type DataInput = z.input<typeof dataSchema>;
