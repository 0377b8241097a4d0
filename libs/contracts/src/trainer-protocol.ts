import { z } from 'zod';
import { dataSchema } from './data.js';
import { columnProfileSchema } from './dataset.js';
import { EVENT_TYPES, type EventDraft } from './event.js';
import { jobIdSchema } from './identifiers.js';
import { checkpointPolicySchema, eventPolicySchema, failureSchema, logsSchema } from './job.js';
import { jsonObjectSchema } from './json.js';
import { callbackSchema, compileSchema, fitSchema } from './training.js';

/**
 * What a trainer is told to do: `epochal-train run.json data/ out/`. Paths are relative to the data folder. A trainer needs
 * nothing else: no network, no database, no environment.
 */
export const runSpecSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('fit'),
  job_id: jobIdSchema,
  attempt: z.number().int(),
  model: z.strictObject({ definition: jsonObjectSchema }),
  dataset: z.strictObject({
    path: z.string(),
    rows: z.number().int(),
    columns: z.array(columnProfileSchema),
  }),
  data: dataSchema,
  compile: compileSchema,
  fit: fitSchema,
  callbacks: z.array(callbackSchema),
  seed: z.number().int(),
  checkpoints: checkpointPolicySchema,
  events: eventPolicySchema,
  initial_weights: z.string().nullable(),
  resume_from: z.string().nullable().meta({ description: 'A checkpoint file of an earlier attempt' }),
});
export type RunSpec = z.infer<typeof runSpecSchema>;

/** File descriptors of a trainer beside stdin, stdout and stderr. */
export const TRAINER_MESSAGE_FD = 3;
export const TRAINER_CONTROL_FD = 4;

/** What a trainer says, one JSON object a line. */
export const trainerMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('event'),
    at: z.iso.datetime(),
    event: z.object({ type: z.enum(EVENT_TYPES), data: z.record(z.string(), z.unknown()) }),
  }),
  z.object({
    type: z.literal('execution'),
    mode: z.enum(['graph', 'eager']),
    reason: z.string().nullable(),
    device: z.string(),
  }),
  z.object({
    type: z.literal('checkpoint'),
    path: z.string().meta({ description: 'Relative to the output folder; complete when this is said' }),
    epoch: z.number().int(),
    step: z.number().int(),
    logs: logsSchema,
    final: z.boolean().meta({ description: 'Whether training ended with this state' }),
  }),
  z.object({ type: z.literal('stopped'), cause: z.enum(['cancel', 'pause', 'terminate']) }),
  z.object({ type: z.literal('succeeded'), test: logsSchema.nullable() }),
  z.object({ type: z.literal('failed'), failure: failureSchema }),
]);
export type TrainerMessage = z.infer<typeof trainerMessageSchema>;
export type TrainerEventMessage = { type: 'event'; at: string; event: EventDraft };

/** What a trainer is told while it runs, one JSON object a line. Each is answered within a second. */
export const controlMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stop'), cause: z.enum(['cancel', 'pause', 'terminate']) }),
  z.object({ type: z.literal('checkpoint') }),
]);
export type ControlMessage = z.infer<typeof controlMessageSchema>;
