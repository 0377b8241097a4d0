import type { JsonObject } from '@epochal/contracts';
import { circle } from './circle.js';
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropy.js';
import {
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  generalizedCrossentropy,
  type FocalOptions,
} from './focal.js';
import { categoricalHinge, hinge, squaredHinge } from './hinge.js';
import type { LossFunction } from './loss.js';
import { dice, tversky } from './overlap.js';
import {
  cosineSimilarity,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
} from './regression.js';

type Axes = number | number[] | null;

/** Keras's losses by class name, made from a complete config. Metrics of the same name share them. */
const LOSS_FUNCTIONS: Readonly<Record<string, (config: JsonObject) => LossFunction>> = {
  MeanSquaredError: () => meanSquaredError,
  MeanAbsoluteError: () => meanAbsoluteError,
  MeanAbsolutePercentageError: () => meanAbsolutePercentageError,
  MeanSquaredLogarithmicError: () => meanSquaredLogarithmicError,
  CosineSimilarity: ({ axis }) => cosineSimilarity(axis as number),
  Huber: ({ delta }) => huber(delta as number),
  LogCosh: () => logCosh,
  Hinge: () => hinge,
  SquaredHinge: () => squaredHinge,
  CategoricalHinge: () => categoricalHinge,
  KLDivergence: () => klDivergence,
  Poisson: () => poisson,
  BinaryCrossentropy: (config) =>
    binaryCrossentropy(fromLogits(config), smoothing(config), (config['axis'] ?? -1) as number),
  CategoricalCrossentropy: (config) =>
    categoricalCrossentropy(fromLogits(config), smoothing(config), config['axis'] as number),
  SparseCategoricalCrossentropy: (config) =>
    sparseCategoricalCrossentropy(
      fromLogits(config),
      config['ignore_class'] as number | null,
      config['axis'] as number,
    ),
  BinaryFocalCrossentropy: (config) =>
    binaryFocalCrossentropy(
      config['apply_class_balancing'] === true ? (config['alpha'] as number) : null,
      focalOptions(config),
    ),
  CategoricalFocalCrossentropy: (config) =>
    categoricalFocalCrossentropy(config['alpha'] as number | number[], focalOptions(config)),
  CategoricalGeneralizedCrossEntropy: ({ q }) => generalizedCrossentropy(q as number),
  Dice: ({ axis }) => dice(axis as Axes),
  Tversky: ({ alpha, beta, axis }) => tversky(alpha as number, beta as number, axis as Axes),
  Circle: ({ gamma, margin, remove_diagonal }) =>
    circle(gamma as number, margin as number, remove_diagonal === true ? 'left out' : 'compared'),
};

const fromLogits = (config: JsonObject) => config['from_logits'] === true;
const smoothing = (config: JsonObject) => config['label_smoothing'] as number;
const focalOptions = (config: JsonObject): FocalOptions => ({
  gamma: config['gamma'] as number,
  fromLogits: fromLogits(config),
  smoothing: smoothing(config),
  axis: config['axis'] as number,
});

/** @throws RangeError for a class that is not a loss */
export function lossFunction(className: string, config: JsonObject): LossFunction {
  const create = LOSS_FUNCTIONS[className];
  if (create === undefined) throw new RangeError(`There is no loss "${className}"`);
  return create(config);
}
