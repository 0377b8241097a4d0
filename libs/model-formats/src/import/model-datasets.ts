import type { ModelDetails, ModelWeight } from '@epochal/model-spec';
import { readSplitAttribute, type Hdf5Contents } from '../hdf5/hdf5-contents.js';
import { legacyOrder } from '../hdf5/legacy-layout.js';
import type { DatasetToCopy } from '../hdf5/read-hdf5.js';
import { placeVariables } from '../hdf5/weights-layout.js';
import type { KerasGeneration } from '../keras/saved-model.js';
import { ModelFileError } from './model-file-error.js';

const dataset = ({ path, spec }: ModelWeight, at: string, contents: Hdf5Contents): DatasetToCopy => {
  const shape = contents.datasets[at];
  if (shape === undefined)
    throw new ModelFileError(`The file has no weight ${path} (${at}): it is of another model`);
  if (String(shape) !== String(spec.shape)) {
    throw new ModelFileError(
      `The weight ${path} has the shape [${shape.join(', ')}] in the file, but the model needs [${spec.shape.join(', ')}]`,
    );
  }
  return { name: `model/${path}`, dtype: spec.dtype, shape: spec.shape, path: at };
};

/** The model's variables in a `.weights.h5` file, or in that of an archive. */
const fromWeights = (
  model: ModelDetails,
  contents: Hdf5Contents,
  generation: KerasGeneration,
): DatasetToCopy[] =>
  placeVariables(model.model, model.weights, generation).map(({ weight, group, index }) =>
    dataset(weight, `${group}/${index}`, contents),
  );

/** The model's variables in a whole-model `.h5` file, or in an old file of weights, which is its part. */
const fromLegacy = (model: ModelDetails, contents: Hdf5Contents, root: string): DatasetToCopy[] => {
  const prefix = root === '' ? '' : `${root}/`;
  const names = readSplitAttribute(contents.groups[root], 'layer_names') ?? [];
  const saved = names
    .map((name) => ({
      name,
      weights: readSplitAttribute(contents.groups[`${prefix}${name}`], 'weight_names') ?? [],
    }))
    .filter(({ weights }) => weights.length > 0);
  const layers = model.model.layers
    .map(({ name }) => ({
      name,
      weights: legacyOrder(model.weights.filter(({ layers: owners }) => owners[0] === name)),
    }))
    .filter(({ weights }) => weights.length > 0);
  if (saved.length !== layers.length) {
    throw new ModelFileError(
      `The file holds weights of ${saved.length} layers (${saved.map(({ name }) => name).join(', ')}), but the model has ` +
        `${layers.length} (${layers.map(({ name }) => name).join(', ')})`,
    );
  }
  // Keras goes by the order of the layers; names tell the same where all of them are there.
  const byName = new Map(saved.map((layer) => [layer.name, layer]));
  const hasNames = layers.every(({ name }) => byName.has(name));
  const found = layers.flatMap(({ name, weights }, index) => {
    const layer = hasNames ? byName.get(name)! : saved[index]!;
    if (layer.weights.length !== weights.length) {
      throw new ModelFileError(
        `The layer ${name} has ${weights.length} weights, but the file holds ${layer.weights.length} for it`,
      );
    }
    return weights.map((weight, place) =>
      dataset(weight, `${prefix}${layer.name}/${layer.weights[place]}`, contents),
    );
  });
  const order = new Map(model.weights.map(({ path }, index) => [`model/${path}`, index]));
  return found.toSorted((a, b) => order.get(a.name)! - order.get(b.name)!);
};

/**
 * Finds every variable of a model in a file of Keras.
 * @throws ModelFileError when one is missing or has another shape
 */
export const modelDatasets = (
  model: ModelDetails,
  contents: Hdf5Contents,
  generation: KerasGeneration,
): DatasetToCopy[] => {
  if ('model_weights' in contents.groups) return fromLegacy(model, contents, 'model_weights');
  if (readSplitAttribute(contents.groups[''], 'layer_names') !== undefined)
    return fromLegacy(model, contents, '');
  if ('layers' in contents.groups) return fromWeights(model, contents, generation);
  throw new ModelFileError('The HDF5 file holds no weights of a Keras model');
};
