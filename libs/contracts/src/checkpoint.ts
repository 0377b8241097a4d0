import { z } from 'zod';
import { checkpointIdSchema, jobIdSchema } from './identifiers.js';
import { logsSchema } from './job.js';
import { pageSchema } from './page.js';

/** The whole state of a training: weights, optimizer slots, counters. It exists only once verified in the object store. */
export const checkpointSchema = z
  .object({
    id: checkpointIdSchema,
    object: z.literal('checkpoint'),
    job_id: jobIdSchema,
    attempt: z.number().int(),
    epoch: z.number().int().meta({ description: 'Epochs completed' }),
    step: z.number().int().meta({ description: 'Steps completed over all epochs' }),
    logs: logsSchema,
    size_bytes: z.number().int(),
    sha256: z.string(),
    created_at: z.iso.datetime(),
    links: z.object({ download: z.string() }),
  })
  .meta({ id: 'Checkpoint' });
export type Checkpoint = z.infer<typeof checkpointSchema>;
export const checkpointPageSchema = pageSchema(checkpointSchema).meta({ id: 'CheckpointPage' });
