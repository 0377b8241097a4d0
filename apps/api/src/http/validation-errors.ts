import { jsonPointer, type ProblemError } from '@epochal/contracts';
import type { core } from 'zod';
import { describeValue, valueAt } from './described-value.js';

type Issue = core.$ZodIssue;

/** What a schema found wrong with a value, each with its pointer below `root`, such as `/query` or nothing for a body. */
export function validationErrors(issues: readonly Issue[], value: unknown, root = ''): ProblemError[] {
  return issues.flatMap((issue) => innermost(issue)).flatMap((issue) => errorsOf(issue, value, root));
}

function errorsOf(issue: Issue, value: unknown, root: string): ProblemError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: root + jsonPointer([...issue.path, key]),
      message: 'is not a known field',
      expected: 'no such field',
      received: describeValue(valueAt(value, [...issue.path, key])),
    }));
  }
  const received = valueAt(value, issue.path);
  const error: ProblemError = {
    pointer: root + jsonPointer(issue.path),
    message: messageOf(issue, received),
    received: describeValue(received),
  };
  const expected = expectedOf(issue);
  return [expected === undefined ? error : { ...error, expected }];
}

function messageOf(issue: Issue, received: unknown): string {
  if (issue.code === 'custom' || issue.code === 'invalid_format') return issue.message;
  if (received === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return 'has the wrong type';
    case 'too_small':
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `is too ${issue.code === 'too_small' ? 'short' : 'long'}`
        : `is too ${issue.code === 'too_small' ? 'small' : 'large'}`;
    case 'invalid_value':
      return 'is not one of the allowed values';
    case 'invalid_union':
      return 'has none of the allowed forms';
    default:
      return issue.message;
  }
}

/** JSON's words for zod's types. */
const TYPE_NAMES: Readonly<Record<string, string>> = { int: 'a whole number', record: 'object' };

function expectedOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'invalid_union':
      return rootTypes(issue).join(' or ') || undefined;
    default:
      return undefined;
  }
}

function unitOf(origin: string, count: number | bigint): string {
  const unit = origin === 'string' ? ' character' : origin === 'array' ? ' item' : '';
  return unit === '' || Number(count) === 1 ? unit : `${unit}s`;
}

/**
 * A union fails with the issues of each of its forms. Those of the form that was meant help: the one that has the value's type
 * and got furthest. When the value has the type of none, the union itself is the issue.
 */
function innermost(issue: Issue): Issue[] {
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    return issue.issues.flatMap((inner) => innermost(below(issue, inner)));
  }
  if (issue.code !== 'invalid_union') return [issue];
  const forms = issue.errors
    .filter((form) => !form.some(isOfWrongType))
    .map((form) => form.flatMap((inner) => innermost(below(issue, inner))))
    .filter((form) => form.length > 0)
    .toSorted((a, b) => depth(b) - depth(a) || a.length - b.length);
  return forms[0] ?? [issue];
}

const below = (outer: Issue, inner: Issue): Issue => ({ ...inner, path: [...outer.path, ...inner.path] });
const depth = (form: readonly Issue[]): number => Math.max(...form.map((issue) => issue.path.length));
const isOfWrongType = (issue: Issue): boolean => issue.path.length === 0 && issue.code === 'invalid_type';

function rootTypes(issue: core.$ZodIssueInvalidUnion): string[] {
  const types = issue.errors.flat().flatMap((inner) => {
    if (inner.code === 'invalid_union' && inner.path.length === 0) return rootTypes(inner);
    const expected = inner.path.length === 0 ? expectedOf(inner) : undefined;
    return expected === undefined ? [] : [expected];
  });
  return [...new Set(types)];
}
