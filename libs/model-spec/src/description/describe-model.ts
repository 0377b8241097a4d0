import type { Shape, TensorSpec } from '@epochal/contracts';
import type { ModelDescription, TensorReference } from '../model-description.js';
import { inferOrThrow } from '../shapes/infer-or-throw.js';
import type { InferredLayer, InferredModel } from '../shapes/infer-shapes.js';
import { weightsOf, type ModelWeight } from './model-weights.js';
import { countParameters, type ParameterCounts } from './parameter-counts.js';
import { tensorDtype } from './tensor-dtype.js';

/** What is known of a model without running it. */
export interface ModelDetails {
  readonly model: ModelDescription;
  /** Named as data is keyed, in order. */
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Layers in order, each with the shapes of its calls, its own variables and its inner model. */
  readonly layers: readonly InferredLayer[];
  /** Every variable, nested models' too, in Keras's order. */
  readonly weights: readonly ModelWeight[];
  readonly parameters: ParameterCounts;
}

const specs = (
  model: ModelDescription,
  names: readonly string[],
  references: readonly TensorReference[],
  shapes: readonly Shape[],
): TensorSpec[] =>
  names.map((name, index) => ({
    name,
    shape: shapes[index]!,
    dtype: tensorDtype(model, references[index]!),
  }));

const detail = (model: ModelDescription, inferred: InferredModel): ModelDetails => {
  const weights = weightsOf(inferred);
  return {
    model,
    inputs: specs(model, model.inputNames, model.inputs, inferred.inputs),
    outputs: specs(model, model.outputNames, model.outputs, inferred.outputs),
    layers: inferred.layers,
    weights,
    parameters: countParameters(weights),
  };
};

/** Shapes of every tensor and variable of a model, its parameter counts, and its inputs and outputs. */
export const describeModel = (model: ModelDescription): ModelDetails => detail(model, inferOrThrow(model));
