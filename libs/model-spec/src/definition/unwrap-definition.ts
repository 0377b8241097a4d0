import type { JsonObject, JsonValue, ModelDialect } from '@epochal/contracts';
import { detectDialect } from './dialect.js';
import { describeValue, isDeeperThan, isObject } from './json-reading.js';
import { ModelDefinitionError } from './model-definition-error.js';
import type { JsonPath } from './problem-list.js';

/** The model inside a definition: the object with `class_name` and `config`, and where it stands. */
export interface Topology {
  readonly json: JsonObject;
  readonly path: JsonPath;
  readonly dialect: ModelDialect;
}

const EXPECTED = "what Keras's model.to_json() returns, or a TensorFlow.js model.json";

/** A model nested in a model adds four levels; a graph of calls, about eight. */
const DEPTH_LIMIT = 400;

const refuse = (message: string, received: JsonValue): ModelDefinitionError =>
  new ModelDefinitionError([{ pointer: '', message, expected: EXPECTED, received: describeValue(received) }]);

const parseText = (text: string): JsonValue => {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelDefinitionError(
      [{ pointer: '', message: `The model definition is not valid JSON: ${reason}`, expected: EXPECTED }],
      { cause: error },
    );
  }
  // to_json() gives a string; serialised once more it is a string within a string.
  return typeof value === 'string' ? parseText(value) : value;
};

/**
 * Finds the model in a definition, whatever it is wrapped in: JSON text, a TensorFlow.js model.json with its
 * `modelTopology`, or a converted one with its `model_config`.
 * @throws ModelDefinitionError when there is no model in it.
 */
export const unwrapDefinition = (definition: JsonValue | string): Topology => {
  const value = typeof definition === 'string' ? parseText(definition) : definition;
  if (!isObject(value)) throw refuse('The model definition must be a JSON object', value);
  if (isDeeperThan(value, DEPTH_LIMIT)) {
    throw refuse(`The model definition is nested more than ${DEPTH_LIMIT} levels deep`, value);
  }
  if (value.format === 'graph-model') {
    throw refuse(
      'This is a TensorFlow.js graph model: it can only be run. Send the layers model (format "layers-model") instead',
      value,
    );
  }
  let json = value;
  const path: string[] = [];
  let isTensorFlowJs = false;
  for (const key of ['modelTopology', 'model_config']) {
    const inner = json[key];
    if (!isObject(inner)) continue;
    isTensorFlowJs ||= key === 'modelTopology';
    // A converted topology keeps the version beside the config.
    json =
      'keras_version' in json && !('keras_version' in inner)
        ? { ...inner, keras_version: json.keras_version! }
        : inner;
    path.push(key);
  }
  if (typeof json.class_name !== 'string' || !('config' in json)) {
    throw refuse('The model definition has no "class_name" and "config"', json);
  }
  return { json, path, dialect: isTensorFlowJs ? 'tensorflow_js' : detectDialect(json) };
};
