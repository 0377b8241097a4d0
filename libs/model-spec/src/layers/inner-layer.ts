import type { Shape } from '@epochal/contracts';
import type { ObjectValue } from '../catalogue/object-field.js';
import type { LayerDefinition, WeightSpec } from '../layer-definition.js';
import { registeredLayer } from './registry.js';

/** The definition of a layer inside of another's config, which was validated with it. */
export function definitionOf({ class_name }: ObjectValue): LayerDefinition {
  const definition = registeredLayer(class_name);
  if (definition === undefined) throw new RangeError(`There is no layer class "${class_name}"`);
  return definition;
}

/** @throws ShapeError */
export const innerShapes = (layer: ObjectValue, inputs: readonly Shape[]): Shape[] =>
  definitionOf(layer).outputShapes(layer.config, inputs);

/**
 * The weights of a layer inside of another, by their paths below the outer one.
 * @param at where Keras keeps the inner layer: `forward_layer`, `cell`
 */
export function innerWeights(at: string, layer: ObjectValue, inputs: readonly Shape[]): WeightSpec[] {
  const isFrozen = layer.config.trainable === false;
  return definitionOf(layer)
    .weights(layer.config, inputs)
    .map((weight) => ({
      ...weight,
      path: `${at}/${weight.path}`,
      trainable: weight.trainable && !isFrozen,
    }));
}
