import type { LayerConfig, LayerName } from '@epochal/model-spec';
import type * as tf from '@tensorflow/tfjs-core';
import type { CallContext, LayerImplementation, Mask } from '../layer.js';

export type Weights = Readonly<Record<string, tf.Tensor>>;

interface Parts<Config> {
  call(
    config: Config,
    inputs: readonly tf.Tensor[],
    weights: Weights,
    context: CallContext,
  ): tf.Tensor | tf.Tensor[];
  activityPenalty?: LayerImplementation['activityPenalty'];
  /** `kept` where Keras's class says that it supports masking; a layer that does not drops masks. */
  masks?: 'kept' | ((config: Config, inputs: readonly tf.Tensor[], masks: readonly Mask[]) => Mask[]);
}

/** The computation of one layer class. */
export function implement<const Name extends LayerName>(
  className: Name,
  { call, masks, activityPenalty }: Parts<LayerConfig<Name>>,
): LayerImplementation {
  const implementation: LayerImplementation<LayerConfig<Name>> = {
    className,
    ...(activityPenalty === undefined ? {} : { activityPenalty }),
    call(config, inputs, weights, context) {
      const outputs = call(config, inputs, weights, context);
      return Array.isArray(outputs) ? outputs : [outputs];
    },
    computeMasks(config, inputs, given) {
      if (masks === undefined) return [];
      return masks === 'kept' ? [given.find((mask) => mask !== null) ?? null] : masks(config, inputs, given);
    },
  };
  // Configs come validated by the class's own schema.
  return implementation as unknown as LayerImplementation;
}

/** The input of a layer that takes one; shapes were validated before. */
export function only(inputs: readonly tf.Tensor[]): tf.Tensor {
  const [input] = inputs;
  if (input === undefined) throw new RangeError('The layer was called without an input');
  return input;
}

/** A weight that the layer's definition has. */
export function weightOf(weights: Weights, path: string): tf.Tensor {
  const weight = weights[path];
  if (weight === undefined) throw new RangeError(`The layer was called without its weight "${path}"`);
  return weight;
}
