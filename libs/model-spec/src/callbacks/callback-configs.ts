import { z } from 'zod';

/** Where the monitored value should go; `auto` asks the metric itself. */
const modeSchema = z.enum(['auto', 'min', 'max']).default('auto');
const monitorSchema = z.string().min(1).default('val_loss');
const verboseSchema = z.union([z.literal(0), z.literal(1)]).default(0);
const epochsSchema = z.number().int().min(0);

/** `keras.callbacks.EarlyStopping`. */
export const earlyStoppingSchema = z.strictObject({
  monitor: monitorSchema,
  min_delta: z.number().default(0),
  patience: epochsSchema.default(0),
  verbose: verboseSchema,
  mode: modeSchema,
  baseline: z.number().nullable().default(null),
  restore_best_weights: z.boolean().default(false),
  start_from_epoch: epochsSchema.default(0),
});

/**
 * `keras.callbacks.ModelCheckpoint`. What it saves is a checkpoint of the job, so a `filepath` names nothing here; it is
 * accepted because Keras requires it. A checkpoint always holds the whole state, whatever `save_weights_only` says.
 */
export const modelCheckpointSchema = z.strictObject({
  filepath: z.string().optional(),
  monitor: monitorSchema,
  verbose: verboseSchema,
  save_best_only: z.boolean().default(false),
  save_weights_only: z.boolean().default(false),
  mode: modeSchema,
  save_freq: z.literal('epoch').default('epoch'),
  initial_value_threshold: z.number().nullable().default(null),
});

/** `keras.callbacks.ReduceLROnPlateau`. */
export const reduceLrOnPlateauSchema = z.strictObject({
  monitor: monitorSchema,
  factor: z.number().gt(0).lt(1).default(0.1),
  patience: epochsSchema.default(10),
  verbose: verboseSchema,
  mode: modeSchema,
  min_delta: z.number().default(1e-4),
  cooldown: epochsSchema.default(0),
  min_lr: z.number().min(0).default(0),
});

/** `keras.callbacks.TerminateOnNaN`. */
export const terminateOnNanSchema = z.strictObject({ raise_error: z.boolean().default(false) });

/** The callbacks that a job can have, by Keras's class name. */
export const CALLBACK_CONFIGS = {
  EarlyStopping: earlyStoppingSchema,
  ModelCheckpoint: modelCheckpointSchema,
  ReduceLROnPlateau: reduceLrOnPlateauSchema,
  TerminateOnNaN: terminateOnNanSchema,
} as const;

export type CallbackName = keyof typeof CALLBACK_CONFIGS;
export type CallbackConfig<N extends CallbackName> = z.infer<(typeof CALLBACK_CONFIGS)[N]>;

/** A callback whose name is known and whose config holds every key, with Keras's defaults. */
export type CallbackDescription = {
  [N in CallbackName]: { readonly className: N; readonly config: CallbackConfig<N> };
}[CallbackName];

/** Keras's other callbacks, and what to do instead. */
export const UNSUPPORTED_CALLBACKS: Readonly<Record<string, string>> = {
  BackupAndRestore: 'Leave it out: every job is backed up and resumes by its checkpoints',
  CSVLogger: "Leave it out: the logs of every epoch are in the job's events",
  History: "Leave it out: the logs of every epoch are in the job's events",
  LambdaCallback: 'It needs code, which a job cannot carry',
  LearningRateScheduler:
    'It needs code, which a job cannot carry. Give the optimizer a schedule as its learning_rate, such as ' +
    '{"class_name": "ExponentialDecay", "config": {...}}, or use ReduceLROnPlateau',
  OrbaxCheckpoint: 'Leave it out: checkpoints are set by the field checkpoints',
  ProgbarLogger: "Leave it out: progress is in the job's events",
  RemoteMonitor: "Leave it out: follow the job's event stream",
  SwapEMAWeights: 'It is not supported',
  TensorBoard: "Leave it out: the job's events hold the curves",
};
