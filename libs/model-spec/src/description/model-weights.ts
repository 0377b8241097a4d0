import type { WeightSpec } from '../layer-definition.js';
import type { ModelDescription } from '../model-description.js';
import type { InferredModel } from '../shapes/infer-shapes.js';
import { inferOrThrow } from '../shapes/infer-or-throw.js';

/** One variable of a model. */
export interface ModelWeight {
  /** Unique in the model: the names of the layer and of the models that it is nested in, then the path below the layer. */
  readonly path: string;
  /** Names from the outermost layer to the one that owns the variable: `["inner", "dense"]`. */
  readonly layers: readonly string[];
  readonly spec: WeightSpec;
  /** Whether training changes it by gradients: neither its layer nor a model around it is frozen. */
  readonly trainable: boolean;
}

/** The variables of a model whose shapes are inferred, in Keras's order (`Model.weights`). */
export const weightsOf = (
  model: InferredModel,
  outer: readonly string[] = [],
  frozen = false,
): ModelWeight[] =>
  model.layers.flatMap(({ layer, weights, model: inner }): ModelWeight[] => {
    const layers = [...outer, layer.name];
    const isFrozen = frozen || layer.config.trainable === false;
    if (inner !== undefined) return weightsOf(inner, layers, isFrozen);
    return weights.map((spec) => ({
      path: [...layers, spec.path].join('/'),
      layers,
      spec,
      trainable: spec.trainable && !isFrozen,
    }));
  });

/**
 * Every variable of a model, in Keras's order: layers in the order of the description, in each its variables as they are
 * created. A shared layer's stand once.
 */
export const modelWeights = (model: ModelDescription): ModelWeight[] => weightsOf(inferOrThrow(model));
