import type { JsonObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { lossFunction } from '../losses/loss-function.js';
import { cosine } from '../losses/regression.js';
import {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from './accuracy.js';
import { auc } from './auc.js';
import { concordanceCorrelation, pearsonCorrelation } from './correlation.js';
import { bestRate } from './curve.js';
import { fBetaScore } from './f-score.js';
import { binaryIou, iou, meanIou } from './iou.js';
import { meanMetric } from './mean.js';
import type { CreateMetricState, MetricContext, MetricState } from './metric.js';
import { r2Score } from './r2-score.js';
import { counting, hitRate } from './retrieval.js';

/** A metric that is the mean of a loss's values. */
const ofLoss =
  (className: string): CreateMetricState =>
  (config) => {
    const { values, mask } = lossFunction(className, config);
    return meanMetric(values, mask === undefined ? {} : { mask });
  };

const number = (config: JsonObject, key: string): number => config[key] as number;

const METRIC_STATES: Readonly<Record<string, CreateMetricState>> = {
  MeanSquaredError: ofLoss('MeanSquaredError'),
  MeanAbsoluteError: ofLoss('MeanAbsoluteError'),
  MeanAbsolutePercentageError: ofLoss('MeanAbsolutePercentageError'),
  MeanSquaredLogarithmicError: ofLoss('MeanSquaredLogarithmicError'),
  LogCoshError: ofLoss('LogCosh'),
  BinaryCrossentropy: ofLoss('BinaryCrossentropy'),
  CategoricalCrossentropy: ofLoss('CategoricalCrossentropy'),
  SparseCategoricalCrossentropy: ofLoss('SparseCategoricalCrossentropy'),
  KLDivergence: ofLoss('KLDivergence'),
  Poisson: ofLoss('Poisson'),
  Hinge: ofLoss('Hinge'),
  SquaredHinge: ofLoss('SquaredHinge'),
  CategoricalHinge: ofLoss('CategoricalHinge'),
  RootMeanSquaredError: () =>
    meanMetric((yTrue, yPred) => tf.square(tf.sub(yPred, yTrue)), { result: (mean) => tf.sqrt(mean) }),
  CosineSimilarity: (config) => meanMetric((yTrue, yPred) => cosine(yTrue, yPred, number(config, 'axis'))),
  R2Score: r2Score,
  PearsonCorrelation: (config) => meanMetric(pearsonCorrelation(number(config, 'axis'))),
  ConcordanceCorrelation: (config) => meanMetric(concordanceCorrelation(number(config, 'axis'))),
  Accuracy: () => meanMetric(accuracy),
  BinaryAccuracy: (config) => meanMetric(binaryAccuracy(number(config, 'threshold'))),
  CategoricalAccuracy: () => meanMetric(categoricalAccuracy),
  SparseCategoricalAccuracy: () => meanMetric(sparseCategoricalAccuracy),
  TopKCategoricalAccuracy: (config) => meanMetric(topKCategoricalAccuracy(number(config, 'k'))),
  SparseTopKCategoricalAccuracy: (config) => {
    const form = config['from_sorted_ids'] === true ? 'sorted class numbers' : 'scores';
    return meanMetric(sparseTopKCategoricalAccuracy(number(config, 'k'), form));
  },
  TruePositives: counting('truePositives'),
  TrueNegatives: counting('trueNegatives'),
  FalsePositives: counting('falsePositives'),
  FalseNegatives: counting('falseNegatives'),
  Precision: hitRate('falsePositives'),
  Recall: hitRate('falseNegatives'),
  SensitivityAtSpecificity: bestRate('recall', 'specificity', (config) => number(config, 'specificity')),
  SpecificityAtSensitivity: bestRate('specificity', 'recall', (config) => number(config, 'sensitivity')),
  PrecisionAtRecall: bestRate('precision', 'recall', (config) => number(config, 'recall')),
  RecallAtPrecision: bestRate('recall', 'precision', (config) => number(config, 'precision')),
  AUC: auc,
  F1Score: fBetaScore,
  FBetaScore: fBetaScore,
  IoU: iou,
  OneHotIoU: iou,
  MeanIoU: meanIou,
  OneHotMeanIoU: meanIou,
  BinaryIoU: binaryIou,
};

/** @throws RangeError for a class that is not a metric */
export function metricState(className: string, config: JsonObject, context: MetricContext): MetricState {
  const create = METRIC_STATES[className];
  if (create === undefined) throw new RangeError(`There is no metric "${className}"`);
  return create(config, context);
}
