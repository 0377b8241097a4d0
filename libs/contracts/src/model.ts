import { z } from 'zod';
import { checkpointIdSchema, jobIdSchema, modelIdSchema, modelVersionIdSchema } from './identifiers.js';
import { jsonObjectSchema } from './json.js';
import { pageSchema } from './page.js';

export const MODEL_DIALECTS = ['keras_3', 'keras_2', 'tensorflow_js'] as const;
export type ModelDialect = (typeof MODEL_DIALECTS)[number];

/** File formats in which trained weights can be downloaded. */
export const MODEL_FORMATS = {
  h5: { extension: '.h5', media_type: 'application/x-hdf5', description: 'Keras whole-model HDF5' },
  keras: { extension: '.keras', media_type: 'application/zip', description: 'Keras 3 archive' },
  weights_h5: {
    extension: '.weights.h5',
    media_type: 'application/x-hdf5',
    description: 'Keras weights only',
  },
  safetensors: {
    extension: '.safetensors',
    media_type: 'application/octet-stream',
    description: 'Weights and optimizer state, by variable path',
  },
} as const;
export type ModelFormat = keyof typeof MODEL_FORMATS;
export const MODEL_FORMAT_NAMES = Object.keys(MODEL_FORMATS) as [ModelFormat, ...ModelFormat[]];

const dimensionSchema = z.number().int().nullable();
export const shapeSchema = z.array(dimensionSchema).meta({ description: 'null stands for the batch size' });
export type Shape = (number | null)[];

export const tensorSpecSchema = z.object({ name: z.string(), shape: shapeSchema, dtype: z.string() });
export type TensorSpec = z.infer<typeof tensorSpecSchema>;

export const createModelSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    definition: z
      .union([jsonObjectSchema, z.string()])
      .meta({ description: "What Keras's model.to_json() returns, as JSON or as the string itself" }),
  })
  .meta({ id: 'CreateModel' });
export type CreateModel = z.infer<typeof createModelSchema>;

export const modelSchema = z
  .object({
    id: modelIdSchema,
    object: z.literal('model'),
    name: z.string(),
    dialect: z.enum(MODEL_DIALECTS),
    class_name: z.string(),
    inputs: z.array(tensorSpecSchema),
    outputs: z.array(tensorSpecSchema),
    parameters: z.object({
      total: z.number().int(),
      trainable: z.number().int(),
      non_trainable: z.number().int(),
    }),
    definition: jsonObjectSchema,
    latest_version_id: modelVersionIdSchema.nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof modelSchema>;
export const modelPageSchema = pageSchema(modelSchema).meta({ id: 'ModelPage' });

/** Trained weights of a model: what one fit job left behind. */
export const modelVersionSchema = z
  .object({
    id: modelVersionIdSchema,
    object: z.literal('model_version'),
    model_id: modelIdSchema,
    job_id: jobIdSchema,
    checkpoint_id: checkpointIdSchema,
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.infer<typeof modelVersionSchema>;
export const modelVersionPageSchema = pageSchema(modelVersionSchema).meta({ id: 'ModelVersionPage' });

export const downloadModelQuerySchema = z.strictObject({
  format: z.enum(MODEL_FORMAT_NAMES).default('h5'),
  version: modelVersionIdSchema.optional(),
});
export const downloadCheckpointQuerySchema = downloadModelQuerySchema.pick({ format: true });
