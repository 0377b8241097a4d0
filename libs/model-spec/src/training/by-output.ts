import { jsonPointer, type ProblemError } from '@epochal/contracts';
import { nearestNames } from '../catalogue/nearest-names.js';

/** One entry of `loss`, `loss_weights` or `metrics`, and where it stands. */
export interface Entry<T> {
  readonly value: T;
  readonly path: readonly (string | number)[];
}

/**
 * Spreads a list in the order of the outputs, or an object by their names. What an object leaves out is undefined. Records a
 * problem for a list of another length and for names that are no outputs.
 */
export const byOutput = <T>(
  values: readonly T[] | Readonly<Record<string, T>>,
  names: readonly string[],
  path: readonly (string | number)[],
  problems: ProblemError[],
): (Entry<T> | undefined)[] => {
  if (Array.isArray(values)) {
    const list = values as readonly T[];
    if (list.length !== names.length) {
      problems.push({
        pointer: jsonPointer(path),
        message: `${path.at(-1)} is a list of ${list.length}, but the model has ${names.length} outputs`,
        expected: `one entry for each of ${names.join(', ')}, or an object by output name`,
        received: `${list.length} entries`,
      });
      return names.map(() => undefined);
    }
    return list.map((value, index) => ({ value, path: [...path, index] }));
  }
  const record = values as Readonly<Record<string, T>>;
  for (const name of Object.keys(record)) {
    if (names.includes(name)) continue;
    const [nearest] = nearestNames(name, names);
    problems.push({
      pointer: jsonPointer([...path, name]),
      message: `The model has no output ${name}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`,
      expected: names.join(', '),
      received: name,
    });
  }
  return names.map((name) =>
    Object.hasOwn(record, name) ? { value: record[name]!, path: [...path, name] } : undefined,
  );
};
