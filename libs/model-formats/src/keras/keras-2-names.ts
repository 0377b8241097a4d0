import type { ResolvedObject } from '@epochal/model-spec';

/** Optimizers, losses and metrics of Keras 3 that Keras 2 does not have. */
const ONLY_KERAS_3: ReadonlySet<string> = new Set([
  'CTC',
  'CategoricalGeneralizedCrossEntropy',
  'Circle',
  'ConcordanceCorrelation',
  'Dice',
  'Lamb',
  'Muon',
  'PearsonCorrelation',
  'ScheduleFreeAdamW',
  'Tversky',
]);
/** How a loss is reduced, where Keras 2 has no such way. */
const ONLY_KERAS_3_REDUCTIONS: ReadonlySet<unknown> = new Set(['mean', 'mean_with_sample_weight']);

/** Whether Keras 2 can make an object with the same meaning. */
export const isInKeras2 = ({ class_name, config }: ResolvedObject): boolean =>
  !ONLY_KERAS_3.has(class_name) && !ONLY_KERAS_3_REDUCTIONS.has(config.reduction);
