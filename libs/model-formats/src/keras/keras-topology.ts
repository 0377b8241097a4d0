import type { JsonObject, JsonValue, ModelDialect } from '@epochal/contracts';
import type { KerasGeneration, SavedModel } from './saved-model.js';

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that TensorFlow.js spells otherwise than Keras. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  Model: 'Functional',
  LeCunNormal: 'LecunNormal',
  LeCunUniform: 'LecunUniform',
};

/** TensorFlow.js writes null for an option that was not given. Keras takes that for a value where it has another default. */
const toKeras2 = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(toKeras2);
  if (!isObject(value)) return value;
  const { class_name: className, config } = value;
  const converted = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toKeras2(item)]));
  if (typeof className !== 'string' || !isObject(config)) return converted;
  return {
    ...converted,
    class_name: CLASS_NAMES[className] ?? className,
    config: layerConfig(className, converted.config as JsonObject),
  };
};

const layerConfig = (className: string, config: JsonObject): JsonObject => {
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  if (className === 'LSTM' || className === 'LSTMCell') return { unit_forget_bias: false, ...given };
  if (className === 'GRU' || className === 'GRUCell') return { reset_after: false, ...given };
  return given;
};

/** The model inside a definition: below `modelTopology` and `model_config` in the files of TensorFlow.js. */
const unwrap = (definition: JsonObject): JsonObject => {
  let inner = definition;
  for (const key of ['modelTopology', 'model_config']) {
    const next = inner[key];
    if (isObject(next)) inner = next;
  }
  return inner;
};

/**
 * What to write as the model's config: the submitted definition as it is, or for TensorFlow.js its Keras 2 form.
 * @returns which Keras reads it
 */
export const kerasTopology = (
  definition: JsonObject,
  dialect: ModelDialect,
): { topology: JsonObject; generation: KerasGeneration } => {
  const inner = unwrap(definition);
  if (dialect !== 'tensorflow_js') return { topology: inner, generation: dialect };
  const { class_name: className, config } = toKeras2(inner) as JsonObject;
  const topology = {
    class_name: className!,
    config: config!,
    keras_version: '2.15.0',
    backend: 'tensorflow',
  };
  return { topology, generation: 'keras_2' };
};

/**
 * The config of a `.keras` archive. Keras finds the class of a model by its module, which to_json() of Keras 2 leaves out; its
 * Functional class is in no public module, but Model makes the same of the config.
 */
export const archiveTopology = ({ topology }: Pick<SavedModel, 'topology'>): JsonObject => {
  if (typeof topology.module === 'string') return topology;
  const className = topology.class_name === 'Functional' ? 'Model' : topology.class_name!;
  return { module: 'keras', registered_name: null, ...topology, class_name: className };
};
