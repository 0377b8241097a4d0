import type { ModelDetails, ResolvedObject } from '@epochal/model-spec';
import { readSplitAttribute, type Hdf5Contents } from '../hdf5/hdf5-contents.js';
import type { DatasetToCopy } from '../hdf5/read-hdf5.js';
import type { KerasGeneration } from '../keras/saved-model.js';
import { slotNames } from './optimizer-slots.js';

/** Paths of the optimizer's variables, in Keras's order. */
const savedVariables = (contents: Hdf5Contents): string[] => {
  const legacy = readSplitAttribute(contents.groups.optimizer_weights, 'weight_names');
  if (legacy !== undefined) return legacy.map((name) => `optimizer_weights/${name}`);
  const prefix = 'optimizer/vars/';
  return Object.keys(contents.datasets)
    .filter((path) => path.startsWith(prefix))
    .toSorted((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)));
};

/**
 * Finds the optimizer's variables in a file. The learning rate is not among them where Keras 2 wrote the file.
 * @returns undefined when the file does not hold all of them: then training begins with a fresh optimizer
 */
export const optimizerDatasets = (
  optimizer: ResolvedObject,
  model: ModelDetails,
  contents: Hdf5Contents,
  generation: KerasGeneration,
): DatasetToCopy[] | undefined => {
  const trainable = model.weights.filter((weight) => weight.trainable);
  const slots = slotNames(
    optimizer.class_name,
    optimizer.config,
    trainable.map(({ path }) => path),
  );
  if (slots === undefined) return undefined;
  const hasRate = generation === 'keras_3' && typeof optimizer.config.learning_rate === 'number';
  const names = ['iterations', ...(hasRate ? ['learning_rate'] : []), ...slots];
  const saved = savedVariables(contents);
  // Keras 2 keeps a momentum for SGD even when it has none.
  const isSpare = generation === 'keras_2' && optimizer.class_name === 'SGD' && slots.length === 0;
  if (saved.length !== names.length && !(isSpare && saved.length === 1 + trainable.length)) return undefined;
  const shapes = new Map(trainable.map(({ path, spec }) => [path, spec.shape]));
  const found = names.map((name, index): DatasetToCopy | undefined => {
    const path = saved[index]!;
    const shape = contents.datasets[path];
    const wanted = shapes.get(name.slice(name.indexOf('/') + 1)) ?? [];
    if (shape === undefined || String(shape) !== String(wanted)) return undefined;
    return { name: `optimizer/${name}`, dtype: name === 'iterations' ? 'int32' : 'float32', shape, path };
  });
  return found.includes(undefined) ? undefined : (found as DatasetToCopy[]);
};
