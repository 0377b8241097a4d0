import type { JsonObject, JsonValue } from '@epochal/contracts';
import type { TensorReference } from '../model-description.js';
import { describeValue, isObject } from './json-reading.js';
import type { JsonPath, ProblemList } from './problem-list.js';
import { readReference } from './read-calls.js';

/** One input or output tensor of a model, with its key when they are given as a dictionary. */
export interface ModelEnd {
  readonly reference: TensorReference;
  readonly key: string | null;
  readonly path: JsonPath;
}

/**
 * Reads `input_layers` or `output_layers`: one tensor, a list of them, or a dictionary. Keras orders a dictionary by its
 * sorted keys.
 */
export const readEnds = (
  config: JsonObject,
  field: 'input_layers' | 'output_layers',
  path: JsonPath,
  problems: ProblemList,
): ModelEnd[] => {
  const value: JsonValue | undefined = config[field];
  const at = [...path, field];
  const single = readReference(value);
  if (single) return [{ reference: single, key: null, path: at }];
  const entries: [string | number, JsonValue, string | null][] = Array.isArray(value)
    ? value.map((item, index) => [index, item, null])
    : isObject(value)
      ? Object.keys(value)
          .toSorted()
          .map((key) => [key, value[key]!, key])
      : [];
  if (entries.length === 0) {
    problems.add(at, `${field} must name at least one tensor`, {
      expected: '["layer", 0, 0], a list of those, or an object of those by name',
      received: describeValue(value),
    });
  }
  return entries.flatMap(([part, item, key]): ModelEnd[] => {
    const reference = readReference(item);
    if (reference) return [{ reference, key, path: [...at, part] }];
    problems.add([...at, part], 'This does not name the output of a layer', {
      expected: '["layer", 0, 0]',
      received: describeValue(item),
    });
    return [];
  });
};
