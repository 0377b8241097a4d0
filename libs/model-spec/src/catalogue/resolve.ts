import type { JsonObject, JsonValue, KerasObject } from '@epochal/contracts';
import type { z } from 'zod';
import type { ComponentDefinition, ResolvedObject } from './component-definition.js';
import { ConfigError, UnknownNameError, type ConfigIssue } from './errors.js';
import { nearestNames } from './nearest-names.js';
import { toSnakeCase } from './snake-case.js';

export interface Resolver {
  /**
   * The class and complete config that a name or a serialised object stands for.
   * @param field where the value stands, for messages
   * @throws UnknownNameError when nothing has that name
   * @throws ConfigError when the class would not take the config
   */
  resolve(input: KerasObject, field: string): ResolvedObject;
  /** The definition with that name or alias. @throws UnknownNameError */
  find(name: string, field: string): ComponentDefinition;
}

export interface ResolverOptions {
  /** Keras matches the names of optimizers without regard to case, all other names with it. */
  readonly letterCase: 'significant' | 'ignored';
}

/** Finds Keras objects of one kind by every name that Keras takes for them. */
export function createResolver(
  kind: string,
  definitions: Readonly<Record<string, ComponentDefinition>>,
  { letterCase }: ResolverOptions = { letterCase: 'significant' },
): Resolver {
  const key = (name: string) => (letterCase === 'ignored' ? name.toLowerCase() : name);
  const byName = new Map<string, ComponentDefinition>();
  for (const definition of Object.values(definitions)) {
    const { className, aliases } = definition;
    for (const name of [className, toSnakeCase(className), ...aliases]) byName.set(key(name), definition);
  }
  const find = (name: string, field: string): ComponentDefinition => {
    // Keras 2 writes "Custom>Adam" for its optimizers in HDF5 files.
    const definition = byName.get(key(name.replace(/^(Custom|keras)>/, '')));
    if (definition === undefined) {
      throw new UnknownNameError(
        kind,
        name,
        field,
        nearestNames(name, byName.keys(), (known) => byName.get(known)),
      );
    }
    return definition;
  };
  return {
    find,
    resolve(input, field) {
      const { className, config } = readObject(input);
      const definition = find(className, field);
      return { class_name: definition.className, config: parseConfig(definition, config, field) };
    },
  };
}

/** Keras writes a plain function as `{ class_name: "function", config: "<its name>" }`. */
function readObject(input: KerasObject): { className: string; config: JsonValue } {
  if (typeof input === 'string') return { className: input, config: {} };
  const config: JsonValue = input.config ?? {};
  if (input.class_name === 'function' && typeof config === 'string') return { className: config, config: {} };
  return { className: input.class_name, config };
}

function parseConfig(definition: ComponentDefinition, config: JsonValue, field: string): JsonObject {
  const parsed = definition.config.safeParse(config);
  if (!parsed.success) throw new ConfigError(definition.className, field, issuesOf(parsed.error));
  return parsed.data;
}

/** zod's issues with plain paths. */
export function issuesOf(error: z.ZodError): ConfigIssue[] {
  return error.issues.map(({ path, message }) => ({
    path: path.map((key) => (typeof key === 'symbol' ? String(key) : key)),
    message,
  }));
}
