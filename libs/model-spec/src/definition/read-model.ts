import type { JsonObject, ModelDialect } from '@epochal/contracts';
import type { ModelDescription } from '../model-description.js';
import { describeValue, isObject } from './json-reading.js';
import { FUNCTIONAL_CLASSES, SEQUENTIAL_CLASS } from './model-classes.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import { readFunctional } from './read-functional.js';
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
  if (className === SEQUENTIAL_CLASS) return readSequential(json, path, dialect, problems);
  if (
    typeof className === 'string' &&
    FUNCTIONAL_CLASSES.has(className) &&
    isObject(config) &&
    'layers' in config
  ) {
    return readFunctional(json, path, dialect, problems);
  }
  problems.add(
    path,
    `${typeof className === 'string' ? className : 'This'} is a subclassed model: Keras writes no layers for it, because its architecture is the code of ` +
      'its call method ("the model is not functional or sequential"). Build the same model with the Functional API',
    { expected: 'a Sequential or a Functional model', received: describeValue(className) },
  );
  return undefined;
};
