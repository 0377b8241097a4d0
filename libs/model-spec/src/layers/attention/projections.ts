import type { ObjectValue } from '../../catalogue/object-field.js';
import type { WeightSpec } from '../../layer-definition.js';
import { trainableWeight, weightFields } from '../weight-fields.js';

/** Config keys of the weights of attention layers, whose projections all have the same. */
export const projectionFields = {
  ...weightFields('kernel', 'glorot_uniform'),
  ...weightFields('bias', 'zeros'),
};

type ProjectionConfig = { use_bias: boolean } & Parameters<typeof trainableWeight<'kernel'>>[0] &
  Parameters<typeof trainableWeight<'bias'>>[0];

/** A linear map between tensors: the sizes that it sums over, and those that it makes. */
export interface Projection {
  /** Where Keras keeps the layer: `query_dense`. */
  readonly at: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The weights of projections, each an EinsumDense in Keras. */
export const projectionWeights = (
  config: ProjectionConfig,
  projections: readonly Projection[],
): WeightSpec[] =>
  projections.flatMap(({ at, from, to }) => {
    const kernel = trainableWeight(config, 'kernel', [...from, ...to], `${at}/kernel`);
    const scaled = {
      ...kernel,
      initializer: scaledAlong(kernel.initializer as ObjectValue, from.length, to.length),
    };
    return config.use_bias ? [scaled, trainableWeight(config, 'bias', to, `${at}/bias`)] : [scaled];
  });

/** Tells an initializer that scales by the number of inputs and outputs which axes those are. */
function scaledAlong(initializer: ObjectValue, inputs: number, outputs: number): ObjectValue {
  const { class_name, config } = initializer;
  if (!('input_axes' in config) || (config['input_axes'] !== null && config['output_axes'] !== null)) {
    return initializer;
  }
  const input_axes = Array.from({ length: inputs }, (_, axis) => axis);
  const output_axes = Array.from({ length: outputs }, (_, axis) => inputs + axis);
  return { class_name, config: { ...config, input_axes, output_axes } };
}
