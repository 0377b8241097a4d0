import type { JsonObject, ModelDialect } from '@epochal/contracts';
import { z } from 'zod';
import { nearestNames } from '../catalogue/nearest-names.js';
import type { LayerDefinition } from '../layer-definition.js';
import { LAYERS } from '../layers/index.js';
import { describeValue, isObject } from './json-reading.js';
import { convertConfig } from './keras-3-config.js';
import type { JsonPath, ProblemList } from './problem-list.js';

/** What a layer object is, apart from its name and calls. */
export interface ReadLayer {
  readonly className: string;
  readonly config: JsonObject;
}

const isCustom = (json: JsonObject): boolean => {
  const { module, registered_name: registered } = json;
  return (
    (typeof registered === 'string' && registered.includes('>')) ||
    (typeof module === 'string' && !/^(keras|tf_keras|tensorflow|builtins)\b/.test(module))
  );
};

const unknownClass = (className: string, json: JsonObject): string => {
  if (className === 'Lambda' || className === '__lambda__') {
    return (
      'A Lambda layer holds Python bytecode, which cannot be run here. Put its computation into layers, such as ' +
      'Rescaling, Activation, Add, Multiply, Reshape or Concatenate'
    );
  }
  if (isCustom(json)) {
    return `${className} is a layer class of your own: its code is not in the definition. Build the model from Keras's layers`;
  }
  const nearest = nearestNames(className, Object.keys(LAYERS));
  const hint = nearest.length > 0 ? `. Did you mean ${nearest.join(' or ')}?` : '';
  return `The layer class ${className} is not available${hint}`;
};

const optionNames = (definition: LayerDefinition): string[] =>
  definition.config instanceof z.ZodObject ? Object.keys(definition.config.shape as object) : [];

const valueAt = (config: JsonObject, path: readonly PropertyKey[]): string | undefined => {
  let value: unknown = config;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value === undefined ? 'nothing' : describeValue(value as JsonObject);
};

const addConfigProblems = (
  error: z.ZodError,
  definition: LayerDefinition,
  config: JsonObject,
  submittedKeys: ReadonlyMap<string, string>,
  layer: string,
  path: JsonPath,
  problems: ProblemList,
): void => {
  for (const issue of error.issues) {
    const [first, ...rest] = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
    const submitted = first === undefined ? [] : [submittedKeys.get(String(first)) ?? first, ...rest];
    const at = [...path, 'config', ...submitted];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const nearest = nearestNames(key, optionNames(definition));
        const hint = nearest.length > 0 ? `. Did you mean ${nearest.join(' or ')}?` : '';
        problems.add(
          [...at, submittedKeys.get(key) ?? key],
          `${definition.className} has no option ${key}${hint}`,
          {
            layer,
          },
        );
      }
      continue;
    }
    const option =
      submitted.length > 0 ? `${definition.className}.${submitted.join('.')}` : definition.className;
    const received = valueAt(config, issue.path);
    problems.add(at, `${option}: ${issue.message}`, {
      layer,
      ...(received === undefined ? {} : { received }),
    });
  }
};

/**
 * Reads a layer that is not a model: its class must be in the catalogue, and its config is checked and completed with Keras's
 * defaults. Records what is wrong and returns undefined then.
 */
export const readLayer = (
  json: JsonObject,
  name: string,
  path: JsonPath,
  dialect: ModelDialect,
  problems: ProblemList,
): ReadLayer | undefined => {
  const { class_name: className } = json;
  if (typeof className !== 'string') {
    problems.add([...path, 'class_name'], 'A layer must have a class_name', {
      layer: name,
      expected: 'the name of a Keras layer class, such as "Dense"',
      received: describeValue(className),
    });
    return undefined;
  }
  const definition = isCustom(json) ? undefined : LAYERS[className];
  if (definition === undefined) {
    problems.add([...path, 'class_name'], unknownClass(className, json), {
      layer: name,
      received: className,
    });
    return undefined;
  }
  if (json.config !== undefined && !isObject(json.config)) {
    problems.add([...path, 'config'], 'config must be an object', {
      layer: name,
      received: describeValue(json.config),
    });
    return undefined;
  }
  const { config, submittedKeys } = convertConfig(className, json.config ?? {}, dialect);
  const parsed = definition.config.safeParse({ ...config, name });
  if (parsed.success) return { className, config: parsed.data };
  addConfigProblems(parsed.error, definition, config, submittedKeys, name, path, problems);
  return undefined;
};
