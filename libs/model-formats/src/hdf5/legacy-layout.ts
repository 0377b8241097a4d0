import type { JsonObject } from '@epochal/contracts';
import type { ModelWeight } from '@epochal/model-spec';
import type { CompileConfig } from '../keras/compile-config.js';
import { keras2Variables, optimizerVariables } from '../keras/optimizer-state.js';
import { compileJson } from '../keras/python-json.js';
import { kerasVersion, type SavedModel } from '../keras/saved-model.js';
import { splitAttribute } from './split-attribute.js';
import type { Hdf5Plan, PlannedDataset, PlannedGroup } from './hdf5-plan.js';
import { optimizerDataset, weightDataset } from './tensor-dataset.js';

const WEIGHTS = 'model_weights';
const OPTIMIZER = 'optimizer_weights';

/** Keras saves what is trainable first, whatever the order of creation. */
export const legacyOrder = (weights: readonly ModelWeight[]): ModelWeight[] => [
  ...weights.filter(({ trainable }) => trainable),
  ...weights.filter(({ trainable }) => !trainable),
];

/** Keras 2 ends a variable's name with the number of the output that makes it. */
const suffix = ({ generation }: SavedModel): string => (generation === 'keras_2' ? ':0' : '');

const planLayers = (saved: SavedModel): { groups: PlannedGroup[]; datasets: PlannedDataset[] } => {
  const { model, checkpoint } = saved;
  const shown = model.model.layers.filter(
    ({ className }) => model.model.kind !== 'sequential' || className !== 'InputLayer',
  );
  const groups: PlannedGroup[] = [];
  const datasets: PlannedDataset[] = [];
  for (const { name } of shown) {
    const weights = legacyOrder(model.weights.filter(({ layers }) => layers[0] === name));
    const names = weights.map(({ path }) => `${path}${suffix(saved)}`);
    const path = `${WEIGHTS}/${name}`;
    groups.push({ path, attributes: splitAttribute('weight_names', names) });
    datasets.push(
      ...weights.map((weight, index) => weightDataset(`${path}/${names[index]}`, weight, checkpoint)),
    );
  }
  const version = kerasVersion(saved);
  const layerNames = splitAttribute(
    'layer_names',
    shown.map(({ name }) => name),
  );
  groups.push(
    { path: WEIGHTS, attributes: { ...layerNames, backend: 'tensorflow', keras_version: version } },
    { path: `${WEIGHTS}/top_level_model_weights`, attributes: splitAttribute('weight_names', []) },
  );
  return { groups, datasets };
};

/**
 * The optimizer's variables. Only Keras 2 gets them: Keras 3 (to 3.15 at least) restores an optimizer from this format without its
 * slots, and then cannot train.
 */
const planOptimizer = (
  saved: SavedModel,
  compiled: CompileConfig | null,
): { groups: PlannedGroup[]; datasets: PlannedDataset[] } => {
  const { generation, checkpoint, model } = saved;
  if (generation !== 'keras_2' || compiled === null) return { groups: [], datasets: [] };
  const { class_name: className } = compiled.optimizer;
  const variables = keras2Variables(optimizerVariables(checkpoint), className, model.weights);
  if (variables.length === 0) return { groups: [], datasets: [] };
  const names = variables.map(({ name, weight }) =>
    weight === null ? `${name}:0` : `${className}/${name}/${weight}:0`,
  );
  return {
    groups: [{ path: OPTIMIZER, attributes: splitAttribute('weight_names', names) }],
    datasets: variables.map((variable, index) =>
      optimizerDataset(`${OPTIMIZER}/${names[index]}`, variable, checkpoint),
    ),
  };
};

/** The layout of Keras's whole-model `.h5` (keras.src.legacy.saving.legacy_h5_format). */
export const planLegacyH5 = (saved: SavedModel, compiled: CompileConfig | null): Hdf5Plan => {
  const layers = planLayers(saved);
  const optimizer = planOptimizer(saved, compiled);
  const root: Record<string, string> = {
    keras_version: kerasVersion(saved),
    backend: 'tensorflow',
    model_config: JSON.stringify(saved.topology satisfies JsonObject),
    ...(compiled === null ? {} : { training_config: compileJson(compiled.json) }),
  };
  return {
    groups: [{ path: '', attributes: root }, ...layers.groups, ...optimizer.groups],
    datasets: [...layers.datasets, ...optimizer.datasets],
  };
};
