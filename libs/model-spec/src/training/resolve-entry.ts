import { jsonPointer, type KerasObject, type ProblemError } from '@epochal/contracts';
import type { ResolvedObject } from '../catalogue/component-definition.js';
import { ConfigError, UnknownNameError } from '../catalogue/errors.js';

/** Resolves a Keras object; a name or config that Keras does not have is recorded as a problem, and gives null. */
export const resolveEntry = (
  input: KerasObject,
  path: readonly (string | number)[],
  problems: ProblemError[],
  resolve: (input: KerasObject) => ResolvedObject,
): ResolvedObject | null => {
  const isName = typeof input === 'string';
  try {
    return resolve(input);
  } catch (error) {
    if (error instanceof UnknownNameError) {
      const { suggestions, kind, value } = error;
      const hint = suggestions.length === 0 ? '' : `. Did you mean ${suggestions.join(' or ')}?`;
      problems.push({
        pointer: jsonPointer(isName ? path : [...path, 'class_name']),
        message: `There is no ${kind} ${value}${hint}`,
        received: value,
      });
      return null;
    }
    if (!(error instanceof ConfigError)) throw error;
    for (const issue of error.issues) {
      problems.push({
        pointer: jsonPointer(isName ? path : [...path, 'config', ...issue.path]),
        message: [error.className, ...issue.path].join('.') + `: ${issue.message}`,
      });
    }
    return null;
  }
};
