import { describe, expect, it } from 'vitest';
import { describeModel } from '../description/describe-model.js';
import { modelSummary } from '../summary/model-summary.js';
import { readGallery, type GalleryModel } from './gallery.js';
import { parseModel } from './parse-model.js';

/** Keras 2 has another name for one variable. */
const RENAMED: Readonly<Record<string, string>> = { 'depthwise/depthwise_kernel': 'kernel' };
const last = (path: string): string => RENAMED[path] ?? path.split('/').at(-1)!;
/** Dictionaries of outputs are keyed by their keys, which Keras keeps apart from the names of its layers. */
const KEYED_OUTPUTS = 'nested';
/** Keras 3 numbers no output of a layer that stands twice. */
const TWICE = 'nested_output';
const hasMaskOperations = (text: string): boolean => text.includes('(NotEqual)');
const isFunctional = ({ definition }: GalleryModel): boolean => definition.class_name === 'Functional';

describe.each(['keras-3', 'keras-2'] as const)('models that %s wrote', (dialect) => {
  const models = Object.entries(readGallery(dialect).models).map(([name, keras]) => ({ name, keras }));

  it.each(models)("$name: layers stand in Keras's order", ({ keras }) => {
    const { layers } = parseModel(keras.definition);
    const names = layers.filter(({ className }) => className !== 'InputLayer').map(({ name }) => name);
    expect(names).toEqual(keras.layers);
  });

  it.each(models)("$name: inputs and outputs have Keras's shapes", ({ keras }) => {
    const { inputs, outputs } = describeModel(parseModel(keras.definition));
    expect(inputs.map(({ shape }) => shape)).toEqual(keras.input_shapes);
    expect(outputs.map(({ shape }) => shape)).toEqual(keras.output_shapes);
  });

  it.each(models.filter(({ keras }) => isFunctional(keras)))(
    "$name: inputs have Keras's names",
    ({ keras }) => {
      expect(parseModel(keras.definition).inputNames).toEqual(keras.input_names);
    },
  );

  it.each(models.filter(({ name }) => name !== KEYED_OUTPUTS && name !== TWICE))(
    "$name: outputs have Keras's names",
    ({ keras }) => {
      expect(parseModel(keras.definition).outputNames).toEqual(keras.output_names);
    },
  );

  it.each(models)(
    "$name: variables are Keras's, in its order, with shapes and trainable flags",
    ({ keras }) => {
      const { weights, parameters } = describeModel(parseModel(keras.definition));
      const seen = weights.map(({ path, spec, trainable }) => ({
        path: last(path),
        shape: spec.shape,
        trainable,
      }));
      expect(seen).toEqual(keras.weights.map((weight) => ({ ...weight, path: last(weight.path) })));
      expect(new Set(weights.map(({ path }) => path)).size).toBe(weights.length);
      expect(parameters.total).toBe(keras.parameters);
    },
  );
});

const printed = Object.entries(readGallery('keras-3').models)
  .map(([name, keras]) => ({ name, definition: keras.definition, summary: keras.summary ?? '' }))
  .filter(({ summary }) => !hasMaskOperations(summary));

it.each(printed)('$name: the summary is the text that Keras prints', ({ definition, summary }) => {
  expect(modelSummary(parseModel(definition)).text).toBe(summary);
});

it.each(['keras-3', 'keras-2'] as const)(
  'names the outputs of a dictionary by its sorted keys (%s)',
  (dialect) => {
    const model = parseModel(readGallery(dialect).models[KEYED_OUTPUTS]!.definition);
    expect(model.outputNames).toEqual(['best', 'wide']);
    expect(model.inputNames).toEqual(['alpha', 'zeta']);
  },
);

it.each(['keras-3', 'keras-2'] as const)(
  'numbers the outputs that one layer makes in several calls (%s)',
  (dialect) => {
    const model = parseModel(readGallery(dialect).models[TWICE]!.definition);
    expect(model.outputNames).toEqual(['inner', 'inner_1']);
    expect(model.outputs.map(({ call }) => call)).toEqual([0, 1]);
  },
);

/** The graph of a model, without the names that Keras gave by itself, and the masks that only Keras 3 writes into it. */
const graphOf = ({ definition }: GalleryModel): string =>
  JSON.stringify(
    parseModel(definition).layers.map(({ name, className, calls }) => ({
      name,
      className,
      calls: calls.map(({ mask: _mask, ...call }) => call),
    })),
  ).replaceAll(/"(input_\d+|input_layer(_\d+)?|a_input)"/g, '"input"');

it.each(Object.keys(readGallery('keras-3').models))(
  '%s: is one graph, whether Keras 3 or Keras 2 wrote it',
  (name) => {
    const [three, two] = (['keras-3', 'keras-2'] as const).map(
      (dialect) => readGallery(dialect).models[name]!,
    );
    expect(graphOf(three!)).toBe(graphOf(two!));
  },
);
