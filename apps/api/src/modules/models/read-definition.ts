import { type JsonObject, type JsonValue, ProblemException } from '@epochal/contracts';
import { type ModelDescription, ModelDefinitionError, parseModel } from '@epochal/model-spec';
import { structureErrors } from '../../http/json-structure.js';

const FIELD = '/definition';

export interface ReadDefinition {
  readonly model: ModelDescription;
  /** What was sent, as an object also when it was sent as text. */
  readonly json: JsonObject;
}

/**
 * Reads a definition that was sent.
 *
 * @throws ProblemException `invalid_model` with everything that is wrong, each with its pointer into the request
 */
export function readDefinition(definition: JsonObject | string): ReadDefinition {
  try {
    const model = parseModel(definition);
    const json = parsed(definition);
    const unstorable = structureErrors(json);
    if (unstorable.length > 0) throw new ModelDefinitionError(unstorable);
    return { model, json };
  } catch (error) {
    if (!(error instanceof ModelDefinitionError)) throw error;
    const errors = error.problems.map((problem) => ({ ...problem, pointer: FIELD + problem.pointer }));
    throw new ProblemException('invalid_model', error.message, errors, { cause: error });
  }
}

/** Text may hold text: to_json() gives a string, which some serialise once more. */
function parsed(definition: JsonValue): JsonObject {
  let json = definition;
  while (typeof json === 'string') json = JSON.parse(json) as JsonValue;
  return json as JsonObject;
}
