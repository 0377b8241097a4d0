import type { ObjectValue } from '../../catalogue/object-field.js';
import type { WeightSpec } from '../../layer-definition.js';
import { trainableWeight } from '../weight-fields.js';

type Role = 'kernel' | 'recurrent' | 'bias';
type CellConfig = {
  units: number;
  use_bias: boolean;
  reset_after?: boolean;
  unit_forget_bias?: boolean;
} & { [Key in `${Role}_initializer`]: ObjectValue } & {
  [Key in `${Role}_regularizer` | `${Role}_constraint`]: ObjectValue | null;
};

/**
 * The weights of a cell. Gates lie side by side along the last axis, in Keras's order: input, forget, candidate, output of an LSTM;
 * update, reset, candidate of a GRU.
 */
export function cellWeights(config: CellConfig, gates: 1 | 3 | 4, features: number): WeightSpec[] {
  const { units } = config;
  const width = units * gates;
  const kernel = trainableWeight(config, 'kernel', [features, width]);
  const recurrent = trainableWeight(config, 'recurrent', [units, width], 'recurrent_kernel');
  if (!config.use_bias) return [kernel, recurrent];
  // A GRU that resets after the product has a second bias, of that product.
  const shape = config.reset_after === true ? [2, width] : [width];
  const bias = trainableWeight(config, 'bias', shape);
  return [kernel, recurrent, config.unit_forget_bias === true ? withForgetBias(bias) : bias];
}

/** Ones in the part of the forget gate; what the initializer gives in the others. */
const withForgetBias = (bias: WeightSpec): WeightSpec => ({
  ...bias,
  initializer: { class_name: 'UnitForgetBias', config: { bias_initializer: bias.initializer } },
});
