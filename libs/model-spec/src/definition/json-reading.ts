import type { JsonObject, JsonValue } from '@epochal/contracts';
import type { JsonPath, ProblemList } from './problem-list.js';

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a value is, in words for an error. */
export const describeValue = (value: JsonValue | undefined): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value))
    return `an object with the keys ${Object.keys(value).slice(0, 8).join(', ') || '(none)'}`;
  return JSON.stringify(value);
};

/** An object's member that must be an object; a problem is recorded when it is not. */
export const readObject = (
  parent: JsonObject,
  key: string,
  path: JsonPath,
  problems: ProblemList,
): JsonObject | undefined => {
  const value = parent[key];
  if (isObject(value)) return value;
  problems.add([...path, key], `${key} must be an object`, { received: describeValue(value) });
  return undefined;
};

/** An object's member that must be a list; a problem is recorded when it is not. */
export const readList = (
  parent: JsonObject,
  key: string,
  path: JsonPath,
  problems: ProblemList,
): JsonValue[] | undefined => {
  const value = parent[key];
  if (Array.isArray(value)) return value;
  problems.add([...path, key], `${key} must be a list`, { received: describeValue(value) });
  return undefined;
};

/** Whether a value is nested more deeply than a limit. Found without recursion, so that no depth can exhaust the stack. */
export const isDeeperThan = (value: JsonValue, limit: number): boolean => {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
};
