const UP = new Set([
  'Accuracy',
  'BinaryAccuracy',
  'CategoricalAccuracy',
  'SparseCategoricalAccuracy',
  'TopKCategoricalAccuracy',
  'SparseTopKCategoricalAccuracy',
  'Precision',
  'Recall',
  'SensitivityAtSpecificity',
  'SpecificityAtSensitivity',
  'PrecisionAtRecall',
  'RecallAtPrecision',
  'AUC',
  'PearsonCorrelation',
  'ConcordanceCorrelation',
  'F1Score',
  'FBetaScore',
  'IoU',
  'BinaryIoU',
  'MeanIoU',
  'OneHotIoU',
  'OneHotMeanIoU',
  'CosineSimilarity',
  'R2Score',
]);
const UNKNOWN = new Set(['TruePositives', 'TrueNegatives', 'FalsePositives', 'FalseNegatives']);

/** Whether greater or smaller values of a metric are better (`_direction` in keras/src/metrics); null for mere counts. */
export const metricDirection = (className: string): 'up' | 'down' | null => {
  if (UNKNOWN.has(className)) return null;
  return UP.has(className) ? 'up' : 'down';
};
