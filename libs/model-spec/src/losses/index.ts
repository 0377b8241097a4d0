import type { KerasObject } from '@epochal/contracts';
import { z } from 'zod';
import {
  catalogueOf,
  type ComponentDefinition,
  type ResolvedObject,
} from '../catalogue/component-definition.js';
import { computeDtype, fraction, integer, number } from '../catalogue/fields.js';
import { targetKind, type OutputContext } from '../catalogue/output-context.js';
import { createResolver } from '../catalogue/resolve.js';

const reduction = z
  .enum(['sum_over_batch_size', 'mean', 'sum', 'mean_with_sample_weight', 'none'])
  .nullable()
  .default('sum_over_batch_size')
  .transform((value) => value ?? 'none');

interface LossFields {
  className: string;
  /** Keras's default name, which is also the name of its function. */
  name: string;
  aliases?: string[];
  fields?: z.ZodRawShape;
}

function loss({ className, name, aliases = [], fields = {} }: LossFields): ComponentDefinition {
  const config = z.strictObject({
    name: z.string().nullable().default(name),
    reduction,
    dtype: computeDtype,
    ...fields,
  });
  return { className, aliases, config: config as unknown as ComponentDefinition['config'] };
}

const axis = (initial: number) => ({ axis: integer.default(initial) });
const reductionAxes = {
  axis: z
    .union([integer, z.array(integer)])
    .nullable()
    .default(null),
};
const fromLogits = { from_logits: z.boolean().default(false) };
const smoothing = { label_smoothing: fraction.default(0) };

/** Keras's losses (keras/src/losses). */
export const LOSSES: Record<string, ComponentDefinition> = catalogueOf([
  loss({ className: 'MeanSquaredError', name: 'mean_squared_error', aliases: ['mse', 'MSE'] }),
  loss({ className: 'MeanAbsoluteError', name: 'mean_absolute_error', aliases: ['mae', 'MAE'] }),
  loss({
    className: 'MeanAbsolutePercentageError',
    name: 'mean_absolute_percentage_error',
    aliases: ['mape', 'MAPE'],
  }),
  loss({
    className: 'MeanSquaredLogarithmicError',
    name: 'mean_squared_logarithmic_error',
    aliases: ['msle', 'MSLE'],
  }),
  loss({ className: 'CosineSimilarity', name: 'cosine_similarity', fields: axis(-1) }),
  loss({
    className: 'Huber',
    name: 'huber_loss',
    aliases: ['huber_loss'],
    fields: { delta: number.default(1) },
  }),
  loss({ className: 'LogCosh', name: 'log_cosh', aliases: ['logcosh'] }),
  loss({ className: 'Hinge', name: 'hinge' }),
  loss({ className: 'SquaredHinge', name: 'squared_hinge' }),
  loss({ className: 'CategoricalHinge', name: 'categorical_hinge' }),
  loss({
    className: 'KLDivergence',
    name: 'kl_divergence',
    aliases: ['kl_divergence', 'kullback_leibler_divergence', 'kld', 'KLD'],
  }),
  loss({ className: 'Poisson', name: 'poisson' }),
  loss({
    className: 'BinaryCrossentropy',
    name: 'binary_crossentropy',
    aliases: ['bce', 'BCE'],
    fields: { ...fromLogits, ...smoothing, ...axis(-1) },
  }),
  loss({
    className: 'BinaryFocalCrossentropy',
    name: 'binary_focal_crossentropy',
    fields: {
      apply_class_balancing: z.boolean().default(false),
      alpha: number.default(0.25),
      gamma: number.default(2),
      ...fromLogits,
      ...smoothing,
      ...axis(-1),
    },
  }),
  loss({
    className: 'CategoricalCrossentropy',
    name: 'categorical_crossentropy',
    fields: { ...fromLogits, ...smoothing, ...axis(-1) },
  }),
  loss({
    className: 'CategoricalFocalCrossentropy',
    name: 'categorical_focal_crossentropy',
    fields: {
      alpha: z.union([number, z.array(number)]).default(0.25),
      gamma: number.default(2),
      ...fromLogits,
      ...smoothing,
      ...axis(-1),
    },
  }),
  loss({
    className: 'CategoricalGeneralizedCrossEntropy',
    name: 'categorical_generalized_cross_entropy',
    fields: { q: z.number().gt(0).lt(1).default(0.5) },
  }),
  loss({
    className: 'SparseCategoricalCrossentropy',
    name: 'sparse_categorical_crossentropy',
    fields: { ...fromLogits, ignore_class: integer.nullable().default(null), ...axis(-1) },
  }),
  loss({ className: 'Dice', name: 'dice', fields: reductionAxes }),
  loss({
    className: 'Tversky',
    name: 'tversky',
    fields: { alpha: number.default(0.5), beta: number.default(0.5), ...reductionAxes },
  }),
  loss({
    className: 'Circle',
    name: 'circle',
    fields: {
      gamma: number.default(80),
      margin: number.default(0.4),
      remove_diagonal: z.boolean().default(true),
    },
  }),
]);

const resolver = createResolver('loss', LOSSES);

const CROSSENTROPIES = {
  binary: 'binary_crossentropy',
  sparse_categorical: 'sparse_categorical_crossentropy',
  categorical: 'categorical_crossentropy',
} as const;

/**
 * The loss that `Model.compile(loss=...)` would make. "crossentropy" and "ce" need the output they are for.
 * @throws UnknownNameError, ConfigError
 */
export function resolveLoss(input: KerasObject, field = 'loss', output?: OutputContext): ResolvedObject {
  if (output !== undefined && typeof input === 'string' && /^(crossentropy|ce)$/i.test(input)) {
    return resolver.resolve(CROSSENTROPIES[targetKind(output)], field);
  }
  return resolver.resolve(input, field);
}
