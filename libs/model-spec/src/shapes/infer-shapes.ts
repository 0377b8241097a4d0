import type { JsonObject, Shape } from '@epochal/contracts';
import { callKey, callsInOrder } from '../calls-in-order.js';
import type { ProblemList } from '../definition/problem-list.js';
import { ShapeError, type WeightSpec } from '../layer-definition.js';
import { LAYERS } from '../layers/index.js';
import type { LayerDescription, ModelDescription, TensorReference } from '../model-description.js';
import { checkInputShapes } from './check-input-shapes.js';

/** Shapes of the tensors that one call of a layer takes and makes. */
export interface InferredCall {
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
}

export interface InferredLayer {
  readonly layer: LayerDescription;
  /** As many as the layer has calls. */
  readonly calls: readonly InferredCall[];
  /** The layer's own variables; a nested model's are in `model`. */
  readonly weights: readonly WeightSpec[];
  readonly model?: InferredModel;
}

export interface InferredModel {
  readonly description: ModelDescription;
  readonly layers: readonly InferredLayer[];
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
}

const definitionOf = ({ className }: LayerDescription) => {
  const definition = LAYERS[className];
  if (definition === undefined) throw new Error(`A layer of the class ${className} came past the reader`);
  return definition;
};

/** Computes; a shape that does not fit is recorded against the layer, and gives undefined. */
const attempt = <T>(layer: LayerDescription, problems: ProblemList, compute: () => T): T | undefined => {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    problems.add(
      layer.pointer,
      `The layer ${layer.name} (${layer.className}) cannot be built: ${error.message}`,
      {
        layer: layer.name,
      },
    );
    return undefined;
  }
};

const sameWeights = (a: readonly WeightSpec[], b: readonly WeightSpec[]): boolean =>
  JSON.stringify(a.map(({ shape }) => shape)) === JSON.stringify(b.map(({ shape }) => shape));

/** A layer's variables, from its first call. @throws ShapeError when a later call would need others. */
const weightsFor = (layer: LayerDescription, calls: readonly InferredCall[]): WeightSpec[] => {
  const [first, ...others] = calls;
  if (layer.model !== undefined || first === undefined) return [];
  const definition = definitionOf(layer);
  const weights = definition.weights(layer.config, first.inputs);
  for (const { inputs } of others) {
    if (sameWeights(weights, definition.weights(layer.config, inputs))) continue;
    const shapes = [first.inputs, inputs].map((called) =>
      called.map((shape) => JSON.stringify(shape)).join(', '),
    );
    throw new ShapeError(`it is shared by inputs that need other weights: ${shapes.join(' and then ')}`);
  }
  return weights;
};

/** Shapes of the tensors of a model, by the call that makes them. A call that failed has none. */
class TensorShapes {
  readonly #outputs = new Map<string, readonly Shape[]>();

  constructor(private readonly problems: ProblemList) {}

  set(layer: string, call: number, outputs: readonly Shape[]): void {
    this.#outputs.set(callKey(layer, call), outputs);
  }

  /** Shapes of tensors, or undefined when one of them could not be made. */
  of(references: readonly TensorReference[], user?: LayerDescription): Shape[] | undefined {
    const shapes = references.map((reference) => this.#shapeOf(reference, user));
    return shapes.includes(undefined) ? undefined : (shapes as Shape[]);
  }

  #shapeOf({ layer, call, tensor }: TensorReference, user?: LayerDescription): Shape | undefined {
    const outputs = this.#outputs.get(callKey(layer, call));
    const shape = outputs?.[tensor];
    if (outputs !== undefined && shape === undefined) {
      this.problems.add(user?.pointer ?? '', `The layer ${layer} has no output number ${tensor}`, {
        layer: user?.name ?? layer,
        expected: outputs.length === 1 ? '0, its only output' : `a number from 0 to ${outputs.length - 1}`,
        received: String(tensor),
      });
    }
    return shape;
  }
}

/** Shapes that one call of a layer makes, or undefined when problems were recorded. */
const outputsOf = (
  layer: LayerDescription,
  inputs: readonly Shape[],
  call: JsonObject,
  nested: InferredModel | undefined,
  isChain: boolean,
  problems: ProblemList,
): readonly Shape[] | undefined => {
  const outputs = attempt(layer, problems, () => {
    if (layer.model === undefined) return definitionOf(layer).outputShapes(layer.config, inputs, call);
    if (nested === undefined) return undefined;
    checkInputShapes(nested.inputs, inputs);
    return infer(layer.model, problems, inputs)?.outputs;
  });
  if (outputs === undefined || outputs.length === 1 || !isChain) return outputs;
  problems.add(
    layer.pointer,
    `The layer ${layer.name} has ${outputs.length} outputs; a layer of a Sequential model has one`,
    { layer: layer.name, expected: 'a layer with one output, or a Functional model' },
  );
  return undefined;
};

/** @param given shapes to use in place of those that the model's Input layers declare. */
function infer(
  model: ModelDescription,
  problems: ProblemList,
  given?: readonly Shape[],
): InferredModel | undefined {
  const before = problems.size;
  // A nested model is built on its own inputs first, as in Keras, and then called.
  const nested = new Map(
    model.layers.map((layer) => [layer.name, layer.model && infer(layer.model, problems)] as const),
  );
  const shapes = new TensorShapes(problems);
  const calls = new Map<string, InferredCall[]>(model.layers.map(({ name }) => [name, []]));
  for (const { layer, call } of callsInOrder(model)) {
    const place = given === undefined ? -1 : model.inputs.findIndex((input) => input.layer === layer.name);
    const { inputs: references, keywordInputs, keywordArguments } = layer.calls[call]!;
    const inputs = shapes.of(references, layer);
    const further = shapes.of(Object.values(keywordInputs).flat(), layer);
    if (inputs === undefined || further === undefined) continue;
    const outputs =
      place >= 0
        ? [given![place]!]
        : outputsOf(
            layer,
            inputs,
            keywordArguments,
            nested.get(layer.name),
            model.kind === 'sequential',
            problems,
          );
    if (outputs === undefined) continue;
    shapes.set(layer.name, call, outputs);
    calls.get(layer.name)!.push({ inputs, outputs });
  }
  const layers = model.layers.map((layer): InferredLayer => {
    const made = calls.get(layer.name)!;
    const inner = nested.get(layer.name);
    return {
      layer,
      calls: made,
      weights: attempt(layer, problems, () => weightsFor(layer, made)) ?? [],
      ...(inner === undefined ? {} : { model: inner }),
    };
  });
  const inputs = shapes.of(model.inputs);
  const outputs = shapes.of(model.outputs);
  if (inputs === undefined || outputs === undefined || problems.size > before) return undefined;
  return { description: model, layers, inputs, outputs };
}

/**
 * Infers the shapes of every tensor and variable of a model.
 * @returns undefined when something does not fit, which is recorded then, against the layer in which it was found.
 */
export const inferShapes = (model: ModelDescription, problems: ProblemList): InferredModel | undefined =>
  infer(model, problems);
