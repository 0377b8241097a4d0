import { z } from 'zod';
import { dataSchema } from './data.js';
import { datasetIdSchema, jobIdSchema, modelIdSchema, modelVersionIdSchema } from './identifiers.js';
import { jobStatusSchema } from './job-status.js';
import { wireNumberSchema } from './json.js';
import { pageQuerySchema, pageSchema } from './page.js';
import { callbackSchema, compileSchema, fitSchema } from './training.js';

/** Whose a failure is, what it is, and what it says to the user. */
export const failureSchema = z
  .object({
    category: z.enum(['user', 'infrastructure']),
    code: z.string(),
    message: z.string(),
    log: z.array(z.string()).optional().meta({ description: "The trainer's last lines before it ended" }),
  })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof failureSchema>;

/** Logs of a callback: Keras's names and values, such as loss and val_loss. */
export const logsSchema = z.record(z.string(), wireNumberSchema).meta({ id: 'Logs' });
export type Logs = z.infer<typeof logsSchema>;

/** How often the trainer saves its whole state, from which a lost attempt goes on. The last epoch is always saved. */
export const checkpointPolicySchema = z
  .strictObject({
    every_epochs: z.number().int().min(1).default(1),
    min_interval_seconds: z.number().min(0).default(5),
    keep_last: z.number().int().min(1).max(1000).default(3),
  })
  .meta({ id: 'CheckpointPolicy' });

export const eventPolicySchema = z
  .strictObject({
    batch_interval_seconds: z.number().min(0).default(0.5).meta({
      description: 'Least time between two batch events; epoch events are never thinned',
    }),
  })
  .meta({ id: 'EventPolicy' });

export const createJobSchema = z
  .strictObject({
    kind: z.literal('fit'),
    name: z.string().trim().min(1).max(200).optional(),
    model_id: modelIdSchema,
    dataset_id: datasetIdSchema,
    initial_version_id: modelVersionIdSchema
      .optional()
      .meta({ description: 'Trained weights to start from' }),
    data: dataSchema,
    compile: compileSchema,
    fit: fitSchema.prefault({}),
    callbacks: z.array(callbackSchema).default([]),
    seed: z.number().int().min(0).max(0xffffffff).default(0),
    checkpoints: checkpointPolicySchema.prefault({}),
    events: eventPolicySchema.prefault({}),
  })
  .meta({ id: 'CreateJob' });
export type CreateJob = z.infer<typeof createJobSchema>;
export type CreateJobInput = z.input<typeof createJobSchema>;

export const jobSchema = z
  .object({
    id: jobIdSchema,
    object: z.literal('job'),
    kind: z.literal('fit'),
    name: z.string().nullable(),
    status: jobStatusSchema,
    is_terminal: z.boolean(),
    status_reason: failureSchema
      .nullable()
      .meta({ description: 'Why the job failed, or why its last attempt did' }),
    status_history: z.array(
      z.object({
        status: jobStatusSchema,
        at: z.iso.datetime(),
        attempt: z.number().int(),
        reason: z.string().nullable(),
      }),
    ),
    attempt: z.number().int(),
    max_attempts: z.number().int(),
    queue: z.object({ position: z.number().int() }).nullable(),
    progress: z
      .object({
        epoch: z.number().int().meta({ description: 'Epochs completed' }),
        epochs: z.number().int(),
        step: z.number().int().meta({ description: 'Batches completed in the current epoch' }),
        steps: z.number().int(),
        eta_seconds: z.number().nullable(),
      })
      .nullable(),
    execution: z
      .object({ mode: z.enum(['graph', 'eager']), reason: z.string().nullable(), device: z.string() })
      .nullable()
      .meta({ description: 'How steps run: traced to a TensorFlow graph, or op by op and why' }),
    logs: logsSchema.nullable().meta({ description: 'Logs of the last epoch' }),
    result: z
      .object({ model_version_id: modelVersionIdSchema.nullable(), test: logsSchema.nullable() })
      .nullable()
      .meta({ description: 'test: logs of evaluating the test split, if there is one' }),
    request: createJobSchema,
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    links: z.object({
      self: z.string(),
      events: z.string(),
      checkpoints: z.string(),
      model: z.string(),
      dataset: z.string(),
      download: z.string().nullable(),
    }),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof jobSchema>;
export const jobPageSchema = pageSchema(jobSchema).meta({ id: 'JobPage' });

export const jobQuerySchema = pageQuerySchema.extend({
  status: jobStatusSchema.optional(),
  model_id: modelIdSchema.optional(),
  dataset_id: datasetIdSchema.optional(),
});
export type JobQuery = z.infer<typeof jobQuerySchema>;
