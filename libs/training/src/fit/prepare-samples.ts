import type { Fit } from '@epochal/contracts';
import { classWeightsOfRows } from '../data/class-weights.js';
import { splitForValidation, type Samples } from '../data/samples.js';
import { TrainingError } from '../training-error.js';

const withClassWeights = (train: Samples, classWeight: Readonly<Record<string, number>>): Samples => {
  if (train.weights !== null)
    throw new TrainingError(
      'invalid_fit',
      'class_weight and sample_weight cannot be used together: multiply the class weights into the column of sample_weight',
    );
  const [target, ...others] = train.targets;
  if (target === undefined || others.length > 0)
    throw new TrainingError('invalid_fit', 'class_weight can only be used with a model of a single output');
  return { ...train, weights: classWeightsOfRows(target, classWeight) };
};

/**
 * The rows to train on and to validate with, after Keras's `validation_split` and `class_weight`.
 * @throws TrainingError when the arguments exclude each other or leave no rows
 */
export const prepareSamples = (
  train: Samples,
  validation: Samples | null,
  fit: Pick<Fit, 'validation_split' | 'class_weight'>,
): { train: Samples; validation: Samples | null } => {
  if (train.rows === 0) throw new TrainingError('invalid_data', 'there are no rows to train on');
  let [rows, heldOut] = [train, validation?.rows === 0 ? null : validation];
  if (heldOut === null && fit.validation_split > 0)
    [rows, heldOut] = splitForValidation(train, fit.validation_split);
  if (fit.class_weight !== undefined) rows = withClassWeights(rows, fit.class_weight);
  return { train: rows, validation: heldOut };
};
