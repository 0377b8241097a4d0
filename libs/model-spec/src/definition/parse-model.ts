import type { JsonValue } from '@epochal/contracts';
import type { ModelDescription } from '../model-description.js';
import { inferShapes } from '../shapes/infer-shapes.js';
import { ProblemList } from './problem-list.js';
import { readModel } from './read-model.js';
import { unwrapDefinition } from './unwrap-definition.js';

/**
 * Reads a model definition: what `model.to_json()` returns in Keras 3 and Keras 2, or a TensorFlow.js layers model (its topology
 * or its whole model.json), as JSON or as text. Configs come out as Keras 3's, complete with its defaults.
 * @throws ModelDefinitionError with everything that is wrong: pointers are below the definition.
 */
export const parseModel = (definition: JsonValue | string): ModelDescription => {
  const { json, path, dialect } = unwrapDefinition(definition);
  const problems = new ProblemList();
  const model = readModel(json, path, dialect, problems);
  problems.throwIfAny();
  // No model without a problem: readModel records why it returns none.
  if (model === undefined) throw new Error('A model was refused without a reason');
  inferShapes(model, problems);
  problems.throwIfAny();
  return model;
};
