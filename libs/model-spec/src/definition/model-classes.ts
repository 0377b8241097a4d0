import type { JsonObject } from '@epochal/contracts';

export const FUNCTIONAL_CLASSES: ReadonlySet<string> = new Set(['Functional', 'Model']);
export const SEQUENTIAL_CLASS = 'Sequential';

/** Whether a serialised object is a model with layers of its own. */
export const isModel = (json: JsonObject): boolean =>
  json.class_name === SEQUENTIAL_CLASS ||
  (typeof json.class_name === 'string' && FUNCTIONAL_CLASSES.has(json.class_name));
