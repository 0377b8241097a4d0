import type { TensorReference } from '../model-description.js';
import { nearestNames } from '../catalogue/nearest-names.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import { callTensors, type WrittenGraph } from './written-call.js';

/** Records a problem for each layer name that is used twice. */
export const checkNames = (
  layers: readonly { name: string; path: JsonPath }[],
  problems: ProblemList,
): void => {
  const seen = new Set<string>();
  for (const { name, path } of layers) {
    if (seen.has(name)) {
      problems.add(
        [...path, 'name'],
        `The name ${name} is used more than once: every layer of a model needs its own`,
        {
          layer: name,
          received: name,
        },
      );
    }
    seen.add(name);
  }
};

/** Records a problem for each tensor that no call of any layer makes, and for ends of the model that cannot be ends. */
export const checkReferences = ({ layers, inputs, outputs }: WrittenGraph, problems: ProblemList): void => {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const check = (reference: TensorReference, path: JsonPath, user?: string): void => {
    const layer = byName.get(reference.layer);
    const details = user === undefined ? {} : { layer: user };
    if (layer === undefined) {
      const nearest = nearestNames(reference.layer, byName.keys());
      const hint = nearest.length > 0 ? `. Did you mean ${nearest.join(' or ')}?` : '';
      problems.add(path, `There is no layer ${reference.layer}${hint}`, {
        ...details,
        received: reference.layer,
      });
      return;
    }
    const calls = layer.className === 'InputLayer' ? 1 : layer.calls.length;
    if (reference.call < 0 || reference.call >= calls) {
      problems.add(path, `The layer ${reference.layer} has no call number ${reference.call}`, {
        ...details,
        expected: calls === 0 ? 'a layer that is called' : `a number from 0 to ${calls - 1}`,
        received: String(reference.call),
      });
    }
  };
  for (const layer of layers) {
    for (const call of layer.calls) {
      for (const reference of callTensors(call)) check(reference, call.path, layer.name);
    }
  }
  for (const { reference, path } of outputs) check(reference, path);
  for (const { reference, path } of inputs) {
    check(reference, path);
    const layer = byName.get(reference.layer);
    if (layer !== undefined && layer.className !== 'InputLayer') {
      problems.add(path, `The model's input ${layer.name} is a ${layer.className}, not an InputLayer`, {
        layer: layer.name,
        expected: 'the name of an InputLayer',
        received: layer.name,
      });
    }
  }
  const named = new Set(inputs.map(({ reference }) => reference.layer));
  for (const layer of layers) {
    if (layer.className !== 'InputLayer' || named.has(layer.name)) continue;
    problems.add(layer.path, `The InputLayer ${layer.name} is not among the model's inputs (input_layers)`, {
      layer: layer.name,
    });
  }
};
