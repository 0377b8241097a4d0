import { z } from 'zod';
import { checkpointIdSchema, jobIdSchema } from './identifiers.js';
import { failureSchema, logsSchema } from './job.js';
import { jobStatusSchema } from './job-status.js';

const epochSchema = z.number().int().meta({ description: 'Counted from 0, as in Keras' });
const batchSchema = z.number().int().meta({ description: 'Counted from 0 in its epoch, as in Keras' });
const empty = z.object({});
const withLogs = z.object({ logs: logsSchema });
const atBatch = z.object({ batch: batchSchema });
const afterBatch = atBatch.extend({ logs: logsSchema });

/**
 * What each event carries. A type is the Keras callback's name without `on_`, or one of ours: job_status,
 * checkpoint_saved, log. Logs of train_batch_end are Keras's: means over the epoch so far.
 */
export const EVENT_DATA = {
  job_status: z.object({
    status: jobStatusSchema,
    previous: jobStatusSchema.nullable(),
    reason: failureSchema.nullable(),
  }),
  train_begin: z.object({
    epochs: z.number().int(),
    initial_epoch: epochSchema,
    steps: z.number().int().meta({ description: 'Batches in an epoch' }),
    samples: z.object({ train: z.number().int(), validation: z.number().int(), test: z.number().int() }),
    resumed_from: z.object({ epoch: epochSchema, step: z.number().int() }).nullable(),
  }),
  train_end: withLogs,
  epoch_begin: z.object({ epoch: epochSchema }),
  epoch_end: z.object({ epoch: epochSchema, logs: logsSchema, seconds: z.number() }),
  train_batch_begin: z.object({ epoch: epochSchema, batch: batchSchema }),
  train_batch_end: z.object({ epoch: epochSchema, batch: batchSchema, logs: logsSchema }),
  test_begin: empty,
  test_end: withLogs,
  test_batch_begin: atBatch,
  test_batch_end: afterBatch,
  predict_begin: empty,
  predict_end: empty,
  predict_batch_begin: atBatch,
  predict_batch_end: atBatch,
  checkpoint_saved: z.object({
    checkpoint_id: checkpointIdSchema,
    epoch: z.number().int().meta({ description: 'Epochs completed' }),
    step: z.number().int().meta({ description: 'Steps completed over all epochs' }),
    size_bytes: z.number().int(),
    sha256: z.string(),
  }),
  log: z.object({ level: z.enum(['info', 'warning', 'error']), message: z.string() }),
} as const;

export type EventType = keyof typeof EVENT_DATA;
export const EVENT_TYPES = Object.keys(EVENT_DATA) as [EventType, ...EventType[]];
export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

/** An event as it is written: not yet numbered. */
export type EventDraft = { [T in EventType]: { type: T; data: EventData<T> } }[EventType];

const storedEvent = (type: EventType) =>
  z.object({
    id: z.string(),
    job_id: jobIdSchema,
    attempt: z.number().int(),
    seq: z.number().int().meta({ description: 'From 1, without a gap; the id of the server-sent event' }),
    type: z.literal(type),
    at: z.iso.datetime(),
    data: EVENT_DATA[type],
  });
const [firstType, ...otherTypes] = EVENT_TYPES;

export const eventSchema = z
  .discriminatedUnion('type', [storedEvent(firstType), ...otherTypes.map(storedEvent)])
  .meta({ id: 'Event' });

/** A stored event. `type` tells what `data` is. */
export type Event = {
  [T in EventType]: {
    id: string;
    job_id: string;
    attempt: number;
    seq: number;
    type: T;
    at: string;
    data: EventData<T>;
  };
}[EventType];

export const EVENT_PAGE_LIMIT = { default: 100, max: 1000 } as const;
const typesSchema = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(EVENT_TYPES)))
  .optional()
  .meta({ description: 'Only these types, separated by commas' });

export const eventStreamQuerySchema = z.strictObject({
  after: z.coerce.number().int().min(0).optional().meta({ description: 'Only events with a greater seq' }),
  types: typesSchema,
});
export const eventQuerySchema = eventStreamQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(EVENT_PAGE_LIMIT.max).default(EVENT_PAGE_LIMIT.default),
});
export const eventPageSchema = z
  .object({ data: z.array(eventSchema), has_more: z.boolean(), next_cursor: z.string().nullable() })
  .meta({ id: 'EventPage' });
