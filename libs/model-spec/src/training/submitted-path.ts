import type { JsonValue } from '@epochal/contracts';

type Path = readonly (string | number)[];

/**
 * The path to a value in a request as it was sent, from its path after the short forms were written out: one group for a list of
 * one, a column's name for a group of one.
 */
export const submittedPath = (path: Path, submitted: JsonValue | undefined): Path => {
  if (submitted === undefined) return path;
  const walked: (string | number)[] = [];
  let value: JsonValue | undefined = submitted;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) break;
    if (Array.isArray(value)) {
      value = value[Number(part)];
      walked.push(part);
    } else if (typeof part === 'string') {
      value = value[part];
      walked.push(part);
    }
  }
  return walked;
};
