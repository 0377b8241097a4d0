import { type ModelDescription, type ModelWeight } from '@epochal/model-spec';
import type { CompileConfig } from '../keras/compile-config.js';
import { keras2Variables, optimizerVariables } from '../keras/optimizer-state.js';
import type { KerasGeneration, SavedModel } from '../keras/saved-model.js';
import { snakeCase } from '../keras/snake-case.js';
import type { Hdf5Plan, PlannedDataset, PlannedGroup } from './hdf5-plan.js';
import { optimizerDataset, weightDataset } from './tensor-dataset.js';

/** Keras 2 names the attributes of some layers with an underscore in front. */
const KERAS_2_ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  MultiHeadAttention: {
    query_dense: '_query_dense',
    key_dense: '_key_dense',
    value_dense: '_value_dense',
    output_dense: '_output_dense',
  },
};

/** The group of a variable below its layer's: the object of the layer that owns it, such as the cell of an LSTM. */
export const ownerOf = (className: string, path: string, generation: KerasGeneration): string => {
  const parts = path.split('/').slice(0, -1);
  const renamed = generation === 'keras_2' ? KERAS_2_ATTRIBUTES[className] : undefined;
  return parts.map((part) => renamed?.[part] ?? part).join('/');
};

/** Classes that Keras exports by another name, which is the one that models are written with. */
const PYTHON_CLASSES: Readonly<Record<string, string>> = { GroupQueryAttention: 'GroupedQueryAttention' };

/** Gives groups of one class numbers, as Keras does: `dense`, `dense_1`. */
const numberedGroups = (model: ModelDescription): Map<string, string> => {
  const used = new Map<string, number>();
  const groups = new Map<string, string>();
  for (const { name, className } of model.layers) {
    if (model.kind === 'sequential' && className === 'InputLayer') continue;
    const stem = snakeCase(PYTHON_CLASSES[className] ?? className);
    const count = used.get(stem) ?? 0;
    used.set(stem, count + 1);
    groups.set(name, count === 0 ? stem : `${stem}_${count}`);
  }
  return groups;
};

/** The group that holds a variable, and the number of the variable in it. */
export interface VariablePlace {
  readonly weight: ModelWeight;
  readonly group: string;
  readonly index: number;
}

/** Where each variable of a model stands in a file of weights (keras.src.saving.saving_lib). */
export const placeVariables = (
  model: ModelDescription,
  weights: readonly ModelWeight[],
  generation: KerasGeneration,
): VariablePlace[] => {
  const counts = new Map<string, number>();
  return weights.map((weight) => {
    const path: string[] = [];
    let container = model;
    let className = '';
    for (const name of weight.layers) {
      const layer = container.layers.find((candidate) => candidate.name === name)!;
      path.push('layers', numberedGroups(container).get(name)!);
      className = layer.className;
      container = layer.model ?? container;
    }
    const owner = ownerOf(className, weight.spec.path, generation);
    const group = [...path, ...(owner === '' ? [] : [owner]), 'vars'].join('/');
    const index = counts.get(group) ?? 0;
    counts.set(group, index + 1);
    return { weight, group, index };
  });
};

/** Every layer has a group, whether it has variables or not; Keras 3 notes the layer's name on it. */
const layerGroups = (model: ModelDescription, path: string, generation: KerasGeneration): PlannedGroup[] => {
  const note = (name: string): Record<string, string> => (generation === 'keras_3' ? { name } : {});
  const groups = numberedGroups(model);
  return [
    { path: `${path}vars`, attributes: note(model.name) },
    ...model.layers.flatMap((layer): PlannedGroup[] => {
      const group = groups.get(layer.name);
      if (group === undefined) return [];
      const at = `${path}layers/${group}/`;
      if (layer.model) return layerGroups(layer.model, at, generation);
      return [{ path: `${at}vars`, attributes: note(layer.name) }];
    }),
  ];
};

/** The layout of `.weights.h5`, and of `model.weights.h5` in a `.keras` archive, with the optimizer's variables if there are any. */
export const planWeightsH5 = (saved: SavedModel, compiled: CompileConfig | null): Hdf5Plan => {
  const { model, generation, checkpoint } = saved;
  const datasets: PlannedDataset[] = placeVariables(model.model, model.weights, generation).map(
    ({ weight, group, index }) => weightDataset(`${group}/${index}`, weight, checkpoint),
  );
  const groups = layerGroups(model.model, '', generation);
  if (compiled !== null) {
    const { class_name: className } = compiled.optimizer;
    const all = optimizerVariables(checkpoint);
    const variables = generation === 'keras_3' ? all : keras2Variables(all, className, model.weights);
    if (variables.length > 0) {
      const attributes: Record<string, string> =
        generation === 'keras_3' ? { name: snakeCase(className) } : {};
      groups.push({ path: 'optimizer/vars', attributes });
    }
    datasets.push(
      ...variables.map((variable, index) =>
        optimizerDataset(`optimizer/vars/${index}`, variable, checkpoint),
      ),
    );
  }
  return { groups, datasets };
};
