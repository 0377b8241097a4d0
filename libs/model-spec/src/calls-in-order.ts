import type { LayerDescription, ModelDescription, TensorReference } from './model-description.js';

/** One call of a layer: the layer and the number of the call. */
export interface CallStep {
  readonly layer: LayerDescription;
  readonly call: number;
}

/** A key for the call that makes a tensor. */
export const callKey = (layer: string, call: number): string => `${call} ${layer}`;

const sourcesOf = ({ layer, call }: CallStep): TensorReference[] => {
  const { inputs, keywordInputs } = layer.calls[call]!;
  return [...inputs, ...Object.values(keywordInputs).flat()];
};

/**
 * Every call of every layer, each after the calls that make its inputs. Layers alone have no such order: a shared layer may be
 * called again on what comes from its first call.
 */
export const callsInOrder = (model: ModelDescription): CallStep[] => {
  const ordered: CallStep[] = [];
  const done = new Set<string>();
  let waiting: CallStep[] = model.layers.flatMap((layer) =>
    layer.calls.map((_call, call) => ({ layer, call })),
  );
  while (waiting.length > 0) {
    const left: CallStep[] = [];
    for (const step of waiting) {
      if (sourcesOf(step).every((source) => done.has(callKey(source.layer, source.call)))) {
        done.add(callKey(step.layer.name, step.call));
        ordered.push(step);
      } else left.push(step);
    }
    if (left.length === waiting.length)
      throw new Error(`The model ${model.name} has a call whose inputs are never made`);
    waiting = left;
  }
  return ordered;
};
