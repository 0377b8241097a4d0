import { z } from 'zod';
import { catalogueOf, type ComponentDefinition } from '../catalogue/component-definition.js';
import { fraction, integer, nonNegative, number, positiveInteger } from '../catalogue/fields.js';

interface MetricFields {
  className: string;
  /** Keras's default name; null where Keras makes one of the class name. */
  name?: string;
  aliases?: string[];
  fields?: z.ZodRawShape;
  /** Settles keys that follow from others. */
  complete?: (config: Record<string, unknown>) => Record<string, unknown>;
}

const dtype = z
  .union([z.string(), z.looseObject({ class_name: z.string() })])
  .nullable()
  .default(null);

function metric({ className, name, aliases = [], fields = {}, complete }: MetricFields): ComponentDefinition {
  const object = z.strictObject({
    name: z
      .string()
      .nullable()
      .default(name ?? null),
    dtype,
    ...fields,
  });
  const config = complete === undefined ? object : object.transform(complete);
  return { className, aliases, config: config as unknown as ComponentDefinition['config'] };
}

const fromLogits = { from_logits: z.boolean().default(false) };
const smoothing = { label_smoothing: fraction.default(0) };
const axis = { axis: integer.default(-1) };
const topK = { k: positiveInteger.default(5) };
const average = { average: z.enum(['micro', 'macro', 'weighted']).nullable().default(null) };
const thresholds = {
  thresholds: z
    .union([fraction, z.array(fraction)])
    .nullable()
    .default(null),
};
const retrieval = {
  ...thresholds,
  top_k: positiveInteger.nullable().default(null),
  class_id: integer.min(0).nullable().default(null),
};
const tradeOff = {
  num_thresholds: positiveInteger.default(200),
  class_id: integer.min(0).nullable().default(null),
};
const scoreThreshold = { threshold: z.number().gt(0).max(1).nullable().default(null) };
const classes = { num_classes: positiveInteger };
const targetClasses = { target_class_ids: z.array(integer.min(0)).min(1) };
const ignoredClass = { ignore_class: integer.nullable().default(null) };
const sparseness = { sparse_y_true: z.boolean().default(true), sparse_y_pred: z.boolean().default(true) };
const oneHotPrediction = { sparse_y_pred: z.boolean().default(false) };

/** Keras's metrics (keras/src/metrics) that take targets and predictions. */
export const METRICS: Record<string, ComponentDefinition> = catalogueOf([
  metric({ className: 'MeanSquaredError', name: 'mean_squared_error', aliases: ['mse', 'MSE'] }),
  metric({ className: 'MeanAbsoluteError', name: 'mean_absolute_error', aliases: ['mae', 'MAE'] }),
  metric({
    className: 'MeanAbsolutePercentageError',
    name: 'mean_absolute_percentage_error',
    aliases: ['mape', 'MAPE'],
  }),
  metric({
    className: 'MeanSquaredLogarithmicError',
    name: 'mean_squared_logarithmic_error',
    aliases: ['msle', 'MSLE'],
  }),
  metric({ className: 'RootMeanSquaredError', name: 'root_mean_squared_error' }),
  metric({ className: 'CosineSimilarity', name: 'cosine_similarity', fields: axis }),
  metric({ className: 'LogCoshError', name: 'logcosh', aliases: ['logcosh', 'log_cosh'] }),
  metric({
    className: 'R2Score',
    name: 'r2_score',
    fields: {
      class_aggregation: z
        .enum(['uniform_average', 'variance_weighted_average'])
        .nullable()
        .default('uniform_average'),
      num_regressors: integer.min(0).default(0),
    },
  }),
  metric({ className: 'Accuracy', name: 'accuracy' }),
  metric({
    className: 'BinaryAccuracy',
    name: 'binary_accuracy',
    fields: { threshold: number.default(0.5) },
  }),
  metric({ className: 'CategoricalAccuracy', name: 'categorical_accuracy' }),
  metric({ className: 'SparseCategoricalAccuracy', name: 'sparse_categorical_accuracy' }),
  metric({ className: 'TopKCategoricalAccuracy', name: 'top_k_categorical_accuracy', fields: topK }),
  metric({
    className: 'SparseTopKCategoricalAccuracy',
    name: 'sparse_top_k_categorical_accuracy',
    fields: { ...topK, from_sorted_ids: z.boolean().default(false) },
  }),
  metric({
    className: 'BinaryCrossentropy',
    name: 'binary_crossentropy',
    aliases: ['bce', 'BCE'],
    fields: { ...fromLogits, ...smoothing },
  }),
  metric({
    className: 'CategoricalCrossentropy',
    name: 'categorical_crossentropy',
    fields: { ...fromLogits, ...smoothing, ...axis },
  }),
  metric({
    className: 'SparseCategoricalCrossentropy',
    name: 'sparse_categorical_crossentropy',
    fields: { ...fromLogits, ...ignoredClass, ...axis },
  }),
  metric({
    className: 'KLDivergence',
    name: 'kl_divergence',
    aliases: ['kl_divergence', 'kullback_leibler_divergence', 'kld', 'KLD'],
  }),
  metric({ className: 'Poisson', name: 'poisson' }),
  metric({ className: 'Hinge', name: 'hinge' }),
  metric({ className: 'SquaredHinge', name: 'squared_hinge' }),
  metric({ className: 'CategoricalHinge', name: 'categorical_hinge' }),
  metric({ className: 'PearsonCorrelation', name: 'pearson_correlation', fields: axis }),
  metric({ className: 'ConcordanceCorrelation', name: 'concordance_correlation', fields: axis }),
  ...['TruePositives', 'TrueNegatives', 'FalsePositives', 'FalseNegatives'].map((className) =>
    metric({ className, fields: thresholds }),
  ),
  metric({ className: 'Precision', fields: retrieval }),
  metric({ className: 'Recall', fields: retrieval }),
  metric({ className: 'SensitivityAtSpecificity', fields: { specificity: fraction, ...tradeOff } }),
  metric({ className: 'SpecificityAtSensitivity', fields: { sensitivity: fraction, ...tradeOff } }),
  metric({ className: 'PrecisionAtRecall', fields: { recall: fraction, ...tradeOff } }),
  metric({ className: 'RecallAtPrecision', fields: { precision: fraction, ...tradeOff } }),
  metric({
    className: 'AUC',
    fields: {
      num_thresholds: integer.min(2).default(200),
      curve: z.enum(['ROC', 'PR', 'PRGAIN']).default('ROC'),
      summation_method: z.enum(['interpolation', 'minoring', 'majoring']).default('interpolation'),
      thresholds: z.array(fraction).nullable().default(null),
      multi_label: z.boolean().default(false),
      num_labels: positiveInteger.nullable().default(null),
      label_weights: z.array(nonNegative).nullable().default(null),
      ...fromLogits,
    },
    complete: (config) =>
      Array.isArray(config['thresholds'])
        ? { ...config, num_thresholds: config['thresholds'].length + 2 }
        : config,
  }),
  metric({ className: 'F1Score', name: 'f1_score', fields: { ...average, ...scoreThreshold } }),
  metric({
    className: 'FBetaScore',
    name: 'fbeta_score',
    fields: { ...average, beta: z.number().gt(0).default(1), ...scoreThreshold },
  }),
  metric({
    className: 'IoU',
    fields: { ...classes, ...targetClasses, ...ignoredClass, ...sparseness, ...axis },
  }),
  metric({
    className: 'BinaryIoU',
    fields: {
      target_class_ids: z.array(z.union([z.literal(0), z.literal(1)])).default([0, 1]),
      threshold: number.default(0.5),
    },
  }),
  metric({ className: 'MeanIoU', fields: { ...classes, ...ignoredClass, ...sparseness, ...axis } }),
  metric({
    className: 'OneHotIoU',
    fields: { ...classes, ...targetClasses, ...ignoredClass, ...oneHotPrediction, ...axis },
  }),
  metric({
    className: 'OneHotMeanIoU',
    fields: { ...classes, ...ignoredClass, ...oneHotPrediction, ...axis },
  }),
]);
