import type { JsonObject, ModelDialect } from '@epochal/contracts';
import type { ModelDescription } from '../model-description.js';
import { describeValue, isObject } from './json-reading.js';
import { FUNCTIONAL_CLASSES, isModel, SEQUENTIAL_CLASS } from './model-classes.js';
import type { ReadPart } from './part.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import { readFunctional } from './read-functional.js';
import { readLayer } from './read-layer.js';
import { readSequential } from './read-sequential.js';

/**
 * Reads a serialised model, whole or nested.
 * @returns undefined when problems were recorded that leave no model.
 */
export const readModel = (
  json: JsonObject,
  path: JsonPath,
  dialect: ModelDialect,
  problems: ProblemList,
): ModelDescription | undefined => {
  const { class_name: className, config } = json;
  if (className === SEQUENTIAL_CLASS) return readSequential(json, path, dialect, problems, readPart);
  if (
    typeof className === 'string' &&
    FUNCTIONAL_CLASSES.has(className) &&
    isObject(config) &&
    'layers' in config
  ) {
    return readFunctional(json, path, dialect, problems, readPart);
  }
  problems.add(
    path,
    `${typeof className === 'string' ? className : 'This'} is a subclassed model: Keras writes no layers for it, because its architecture is the code of ` +
      'its call method ("the model is not functional or sequential"). Build the same model with the Functional API',
    { expected: 'a Sequential or a Functional model', received: describeValue(className) },
  );
  return undefined;
};

const readPart: ReadPart = (json, name, path, dialect, problems) => {
  if (!isModel(json)) return readLayer(json, name, path, dialect, problems);
  const model = readModel(json, path, dialect, problems);
  if (model === undefined) return undefined;
  const trainable = !isObject(json.config) || json.config.trainable !== false;
  return {
    className: model.kind === 'sequential' ? 'Sequential' : 'Functional',
    config: { name, trainable },
    model,
  };
};
