import { z } from 'zod';
import { datasetIdSchema } from './identifiers.js';
import { pageSchema } from './page.js';

export const COLUMN_TYPES = ['number', 'integer', 'boolean', 'string', 'timestamp'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** At most so many categories of a string column are listed in its profile, the most frequent first. */
export const PROFILE_CATEGORY_LIMIT = 100;

/** What is known of one column. Numbers have a range and moments, strings have categories. */
export const columnProfileSchema = z
  .object({
    name: z.string(),
    type: z.enum(COLUMN_TYPES),
    missing: z.number().int().meta({ description: 'Rows in which the column is empty' }),
    distinct: z.number().int(),
    min: z.number().nullable(),
    max: z.number().nullable(),
    mean: z.number().nullable(),
    standard_deviation: z.number().nullable(),
    median: z.number().nullable(),
    categories: z
      .array(z.object({ value: z.string(), count: z.number().int() }))
      .nullable()
      .meta({ description: `The ${PROFILE_CATEGORY_LIMIT} most frequent values of a string column` }),
  })
  .meta({ id: 'ColumnProfile' });
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

export const datasetSchema = z
  .object({
    id: datasetIdSchema,
    object: z.literal('dataset'),
    name: z.string(),
    filename: z.string().nullable(),
    rows: z.number().int(),
    size_bytes: z.number().int().meta({ description: 'Size of the file as it was uploaded' }),
    sha256: z.string().meta({ description: 'Digest of the file as it was uploaded, in hexadecimal' }),
    columns: z.array(columnProfileSchema),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof datasetSchema>;

export const datasetPageSchema = pageSchema(datasetSchema).meta({ id: 'DatasetPage' });

/** Query of the upload: the body is the file itself. */
export const createDatasetQuerySchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  filename: z.string().max(255).optional(),
});
export type CreateDatasetQuery = z.infer<typeof createDatasetQuerySchema>;
