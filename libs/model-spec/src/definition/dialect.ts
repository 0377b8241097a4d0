import type { JsonObject, JsonValue, ModelDialect } from '@epochal/contracts';
import { isObject } from './json-reading.js';

/** Whether some object inside has the key, or names the class. */
const mentions = (value: JsonValue, keys: ReadonlySet<string>, classes: ReadonlySet<string>): boolean => {
  if (Array.isArray(value)) return value.some((item) => mentions(item, keys, classes));
  if (!isObject(value)) return false;
  if (typeof value.class_name === 'string' && classes.has(value.class_name)) return true;
  return Object.entries(value).some(([key, item]) => keys.has(key) || mentions(item, keys, classes));
};

const NONE: ReadonlySet<string> = new Set();
const KERAS_3_KEYS: ReadonlySet<string> = new Set(['batch_shape', 'build_input_shape']);
const KERAS_3_CLASSES: ReadonlySet<string> = new Set(['__keras_tensor__', 'DTypePolicy']);
const KERAS_2_KEYS: ReadonlySet<string> = new Set(['batch_input_shape']);

/** Which Keras wrote a topology: by its `keras_version` if it has one (Keras 3 writes none), else by what only one writes. */
export const detectDialect = (topology: JsonObject): ModelDialect => {
  const version = topology.keras_version;
  if (typeof version === 'string') {
    if (version.startsWith('tfjs-layers')) return 'tensorflow_js';
    return version.startsWith('3.') ? 'keras_3' : 'keras_2';
  }
  if (topology.backend === 'tensor_flow.js') return 'tensorflow_js';
  if (mentions(topology, KERAS_2_KEYS, NONE)) return 'keras_2';
  if (mentions(topology, KERAS_3_KEYS, KERAS_3_CLASSES)) return 'keras_3';
  return 'module' in topology ? 'keras_3' : 'keras_2';
};
