import type { Shape } from '@epochal/contracts';
import { callsInOrder } from '../calls-in-order.js';
import { describeModel } from '../description/describe-model.js';
import { weightsOf } from '../description/model-weights.js';
import { countBytes, countParameters, type ParameterCounts } from '../description/parameter-counts.js';
import type { ModelDescription } from '../model-description.js';
import type { InferredLayer } from '../shapes/infer-shapes.js';
import { renderSummary } from './render-summary.js';

/** One layer in a summary. */
export interface SummaryRow {
  readonly name: string;
  readonly class_name: string;
  /** Of the layer's last call. */
  readonly output_shapes: readonly Shape[];
  readonly parameters: number;
  /** The tensors that it is called on, as `layer[call][tensor]`. */
  readonly connected_to: readonly string[];
}

/** What `model.summary()` of Keras 3 tells, as data and as the text that it prints. */
export interface ModelSummary {
  readonly name: string;
  readonly rows: readonly SummaryRow[];
  readonly parameters: ParameterCounts;
  readonly text: string;
}

const connections = ({ layer }: InferredLayer): string[] =>
  layer.calls
    .flatMap(({ inputs, keywordInputs }) => [
      ...inputs,
      ...Object.keys(keywordInputs)
        .toSorted()
        .flatMap((name) => keywordInputs[name]!),
    ])
    .map(({ layer: source, call, tensor }) => `${source}[${call}][${tensor}]`);

const parametersOf = (inferred: InferredLayer): number => {
  const { layer, weights, model } = inferred;
  const all = model
    ? weightsOf(model)
    : weights.map((spec) => ({ path: '', layers: [layer.name], spec, trainable: true }));
  return countParameters(all).total;
};

/** Whether a model is a chain of layers, each called once on the one before it: then Keras prints no connections. */
const isChain = (model: ModelDescription): boolean =>
  model.layers.every((layer) => layer.calls.length === 1) &&
  callsInOrder(model).every(({ layer, call }, index, steps) => {
    const { inputs, keywordInputs } = layer.calls[call]!;
    const sources = [...inputs, ...Object.values(keywordInputs).flat()];
    return index === 0
      ? sources.length === 0
      : sources.length === 1 && sources[0]!.layer === steps[index - 1]!.layer.name;
  });

/** Summarises a model as `model.summary()` of Keras 3 does. Operations that only make masks are left out. */
export const modelSummary = (model: ModelDescription): ModelSummary => {
  const { layers, parameters, weights } = describeModel(model);
  const shown =
    model.kind === 'sequential' ? layers.filter(({ layer }) => layer.className !== 'InputLayer') : layers;
  const rows = shown.map((inferred): SummaryRow => {
    const { layer, calls } = inferred;
    return {
      name: layer.name,
      class_name: layer.className,
      output_shapes: calls.at(-1)?.outputs ?? [],
      parameters: parametersOf(inferred),
      connected_to: connections(inferred),
    };
  });
  const style = isChain(model) ? 'chain' : 'graph';
  const text = renderSummary({ name: model.name, rows, parameters, bytes: countBytes(weights), style });
  return { name: model.name, rows, parameters, text };
};
