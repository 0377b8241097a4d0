import { jsonPointer, type ProblemError } from '@epochal/contracts';

/** Deeper than any model that is accepted, and well before validating or writing it would exhaust the stack. */
export const DEEPEST_JSON = 500;

interface Node {
  readonly value: unknown;
  readonly key: PropertyKey;
  readonly parent: Node | undefined;
  readonly depth: number;
}

/**
 * What JSON can carry but a request may not: text that Postgres cannot keep (NUL characters, halves of surrogate pairs, in
 * values and in names of fields) and nesting without bounds.
 */
export function structureErrors(value: unknown, root = ''): ProblemError[] {
  const errors: ProblemError[] = [];
  const open: Node[] = [{ value, key: '', parent: undefined, depth: 0 }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node.value === 'string' && !isStorable(node.value)) errors.push(textError(node, root));
    if (typeof node.value !== 'object' || node.value === null) continue;
    if (node.depth === DEEPEST_JSON) return [depthError(node, root)];
    for (const [key, child] of Object.entries(node.value)) {
      if (!isStorable(key)) errors.push(textError(node, root));
      open.push({ value: child, key, parent: node, depth: node.depth + 1 });
    }
  }
  return errors;
}

const isStorable = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);

function pointerTo(node: Node, root: string): string {
  const path: PropertyKey[] = [];
  for (let at = node; at.parent; at = at.parent) path.unshift(at.key);
  return root + jsonPointer(path);
}

const textError = (node: Node, root: string): ProblemError => ({
  pointer: pointerTo(node, root),
  message: 'has text that cannot be stored',
  expected: 'well-formed Unicode without NUL characters',
});

const depthError = (node: Node, root: string): ProblemError => ({
  pointer: pointerTo(node, root),
  message: 'is nested too deeply',
  expected: `at most ${DEEPEST_JSON} levels`,
});
