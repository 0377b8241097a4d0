import type { JsonObject, KerasObject } from '@epochal/contracts';
import type * as tf from '@tensorflow/tfjs-core';
import type { CallContext, Mask } from '../layer.js';
import type { Weights } from './implement.js';
import { addActivityPenalty } from './regularization.js';
import { implementationOf } from './registry.js';

export interface LayerOutput {
  readonly outputs: tf.Tensor[];
  /** One an output. */
  readonly masks: Mask[];
}

/**
 * Calls a layer as Keras's `Layer.__call__` does: computes outputs and masks, and adds the penalty of its activity regularizer.
 * @param config complete, as `resolveLayer` gave it
 * @param weights current values of the layer's variables by their path below it
 * @throws RangeError when no layer has that class name
 */
export function callLayer(
  className: string,
  config: JsonObject,
  inputs: readonly tf.Tensor[],
  weights: Weights,
  context: CallContext,
): LayerOutput {
  const implementation = implementationOf(className);
  // Masks given by keyword take the place of those that came with the inputs.
  const masks = context.keywordInputs['mask'] ?? context.masks;
  const outputs = implementation.call(config, inputs, weights, { ...context, masks });
  const regularizer = config['activity_regularizer'] ?? null;
  if (regularizer !== null && implementation.activityPenalty === undefined) {
    for (const output of outputs) addActivityPenalty(regularizer as KerasObject, output, context);
  }
  return { outputs, masks: outputMasks(className, config, inputs, masks, outputs.length) };
}

/**
 * Masks of a layer's outputs from those of its inputs, one an output (`Layer.compute_mask`).
 * @throws RangeError when no layer has that class name
 */
export function outputMasks(
  className: string,
  config: JsonObject,
  inputs: readonly tf.Tensor[],
  masks: readonly Mask[],
  outputs: number,
): Mask[] {
  const computed = implementationOf(className).computeMasks?.(config, inputs, masks) ?? defaultMasks(masks);
  return Array.from({ length: outputs }, (_, index) => computed[index] ?? null);
}

const defaultMasks = (masks: readonly Mask[]): Mask[] => [masks.find((mask) => mask !== null) ?? null];
