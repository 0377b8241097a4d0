import {
  jsonPointer,
  type JsonObject,
  type JsonValue,
  type ModelDialect,
  type Shape,
} from '@epochal/contracts';
import type { LayerCall, LayerDescription, ModelDescription } from '../model-description.js';
import { checkNames } from './check-references.js';
import { describeValue, isObject } from './json-reading.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import type { ReadPart } from './part.js';
import { uniqueName } from './unique-name.js';

interface Entry {
  readonly name: string;
  readonly json: JsonObject;
  readonly path: JsonPath;
}

const asShape = (value: JsonValue | undefined): Shape | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((size) => size === null || Number.isInteger(size))
    ? (value as Shape)
    : undefined;

const member = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  isObject(value) ? value[key] : undefined;

/** The shape that a Sequential model without an Input layer was built for, wherever its dialect writes it. */
const builtShape = (json: JsonObject, first: JsonObject): Shape | undefined => {
  const inputShape = asShape(member(first.config, 'input_shape'));
  const shape =
    asShape(member(json.config, 'build_input_shape')) ??
    asShape(member(json.build_config, 'input_shape')) ??
    asShape(member(first.config, 'batch_input_shape')) ??
    (inputShape ? [null, ...inputShape] : undefined) ??
    asShape(member(first.build_config, 'input_shape'));
  // It was built with a batch of some size; the model takes any.
  return shape && [null, ...shape.slice(1)];
};

const readEntries = (layers: readonly JsonValue[], path: JsonPath, problems: ProblemList): Entry[] => {
  const taken = new Set<string>();
  return layers.flatMap((json, index): Entry[] => {
    const at = [...path, index];
    if (!isObject(json)) {
      problems.add(at, 'A layer must be an object with class_name and config', {
        received: describeValue(json),
      });
      return [];
    }
    const given = json.name ?? member(json.config, 'name');
    const name =
      typeof given === 'string'
        ? given
        : uniqueName(typeof json.class_name === 'string' ? json.class_name : 'layer', taken);
    taken.add(name);
    return [{ name, json, path: at }];
  });
};

const describe = (
  { name, json, path }: Entry,
  dialect: ModelDialect,
  problems: ProblemList,
  readPart: ReadPart,
): LayerDescription | undefined => {
  const part = readPart(json, name, path, dialect, problems);
  return part && { name, ...part, calls: [], pointer: jsonPointer(path) };
};

/** The InputLayer that Keras adds to a Sequential model that has none. */
const addedInput = (
  json: JsonObject,
  entries: readonly Entry[],
  first: LayerDescription | undefined,
  dialect: ModelDialect,
  path: JsonPath,
  problems: ProblemList,
  readPart: ReadPart,
): LayerDescription | undefined => {
  const [entry] = entries;
  if (entry === undefined) return undefined;
  const inner = first?.model?.layers.find((layer) => layer.name === first.model?.inputs[0]?.layer)?.config;
  const shape = inner ? asShape(inner.batch_shape) : builtShape(json, entry.json);
  if (shape === undefined) {
    problems.add(
      path,
      'The input shape of this Sequential model is not known: it has no Input layer and is not built',
      {
        layer: entry.name,
        expected:
          'keras.Input(shape=(...)) as the first layer, or model.build((None, ...)) before model.to_json()',
      },
    );
    return undefined;
  }
  const names = new Set(entries.map(({ name }) => name));
  const name = uniqueName(dialect === 'keras_3' ? 'input_layer' : `${entry.name}_input`, names);
  const input = {
    class_name: 'InputLayer',
    config: { batch_shape: shape, dtype: inner?.dtype ?? 'float32' },
  };
  return describe({ name, json: input, path: entry.path }, 'keras_3', problems, readPart);
};

/** Gives each layer its one call, on the output of the layer before it. */
const chain = (layers: readonly LayerDescription[]): LayerDescription[] =>
  layers.map((layer, index) => {
    const previous = layers[index - 1];
    const call: LayerCall = {
      inputs: previous ? [{ layer: previous.name, call: 0, tensor: 0 }] : [],
      keywordInputs: {},
      keywordArguments: {},
    };
    return { ...layer, calls: [call] };
  });

/** Reads a serialised Sequential model. Undefined when problems were recorded that leave no model. */
export const readSequential = (
  json: JsonObject,
  path: JsonPath,
  dialect: ModelDialect,
  problems: ProblemList,
  readPart: ReadPart,
): ModelDescription | undefined => {
  // The first Kerases wrote the list of layers itself as the config.
  const isList = Array.isArray(json.config);
  const layersPath = [...path, 'config', ...(isList ? [] : ['layers'])];
  const written = isList ? json.config : member(json.config, 'layers');
  if (!Array.isArray(written) || written.length === 0) {
    problems.add(layersPath, 'A Sequential model needs a list of layers', {
      received: describeValue(written),
    });
    return undefined;
  }
  const entries = readEntries(written, layersPath, problems);
  checkNames(entries, problems);
  for (const { json: layer, name, path: at } of entries.slice(1)) {
    if (layer.class_name !== 'InputLayer') continue;
    problems.add(at, `The InputLayer ${name} must be the first layer of a Sequential model`, { layer: name });
  }
  const described = entries.map((entry) => describe(entry, dialect, problems, readPart));
  const isGiven = entries[0]?.json.class_name === 'InputLayer';
  const input = isGiven
    ? described[0]
    : addedInput(json, entries, described[0], dialect, layersPath, problems, readPart);
  const all = isGiven ? described : [input, ...described];
  const layers = all.filter((layer) => layer !== undefined);
  if (input === undefined || layers.length < all.length) return undefined;
  const last = layers.at(-1)!;
  const name = member(json.config, 'name');
  return {
    name: typeof name === 'string' ? name : 'sequential',
    kind: 'sequential',
    dialect,
    layers: chain(layers),
    inputs: [{ layer: input.name, call: 0, tensor: 0 }],
    outputs: [{ layer: last.name, call: 0, tensor: 0 }],
    inputNames: [input.name],
    outputNames: [last.name],
  };
};
