import { ProblemList } from '../definition/problem-list.js';
import type { ModelDescription } from '../model-description.js';
import { inferShapes, type InferredModel } from './infer-shapes.js';

/** Shapes of a model that was parsed, and so has shapes. @throws ModelDefinitionError for a description made otherwise. */
export const inferOrThrow = (model: ModelDescription): InferredModel => {
  const problems = new ProblemList();
  const inferred = inferShapes(model, problems);
  problems.throwIfAny();
  if (inferred === undefined)
    throw new Error(`The shapes of the model ${model.name} were refused without a reason`);
  return inferred;
};
