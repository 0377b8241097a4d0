import type { ResolvedObject } from '@epochal/model-spec';
import type * as tf from '@tensorflow/tfjs-core';
import type { CallContext } from '../layer.js';
import { callLayer, type LayerOutput } from './call-layer.js';
import type { Weights } from './implement.js';

/** The weights of what Keras keeps at `at` inside of a layer, by their paths below it. */
export function weightsBelow(weights: Weights, at: string): Weights {
  const prefix = `${at}/`;
  const below: Record<string, tf.Tensor> = {};
  for (const [path, weight] of Object.entries(weights)) {
    if (path.startsWith(prefix)) below[path.slice(prefix.length)] = weight;
  }
  return below;
}

/** A context in which updates are those of what stands at `at`. */
export const contextBelow = (context: CallContext, at: string): CallContext => ({
  ...context,
  updateWeight: (path, value) => context.updateWeight(`${at}/${path}`, value),
});

/**
 * Calls a layer that stands inside of another, as Keras's `__call__` does.
 * @param at where Keras keeps it: `forward_layer`
 * @param weights those of the outer layer
 */
export const callInner = (
  at: string,
  { class_name, config }: ResolvedObject,
  inputs: readonly tf.Tensor[],
  weights: Weights,
  context: CallContext,
): LayerOutput => callLayer(class_name, config, inputs, weightsBelow(weights, at), contextBelow(context, at));
