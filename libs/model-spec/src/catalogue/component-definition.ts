import type { JsonObject } from '@epochal/contracts';
import type { z } from 'zod';

/** A Keras class that is not a layer: an optimizer, loss, metric, initializer, regularizer, constraint or schedule. */
export interface ComponentDefinition<Config extends JsonObject = JsonObject> {
  readonly className: string;
  /** Other names by which Keras finds it, beside the class name and its snake case. */
  readonly aliases: readonly string[];
  /** Keras 3's config keys with Keras's defaults. Unknown keys are errors. */
  readonly config: z.ZodType<Config>;
}

/** A Keras object by its true class name, its config complete with Keras's defaults. */
export interface ResolvedObject<Config extends JsonObject = JsonObject> {
  class_name: string;
  config: Config;
}

/** Definitions by class name. */
export function catalogueOf(
  definitions: readonly ComponentDefinition[],
): Record<string, ComponentDefinition> {
  return Object.fromEntries(definitions.map((definition) => [definition.className, definition]));
}
