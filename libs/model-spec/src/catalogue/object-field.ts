import type { JsonObject } from '@epochal/contracts';
import { z } from 'zod';
import { ConfigError, UnknownNameError } from './errors.js';
import type { Resolver } from './resolve.js';

/** A resolved object as it stands inside a config. */
export type ObjectValue = { class_name: string; config: JsonObject };

/** Keras writes a function as a config that is a string, and adds keys such as `build_config`. */
const serialisedSchema = z
  .looseObject({ class_name: z.string().min(1), config: z.json().nullish() })
  .transform(({ class_name, config }) => ({ class_name, config: (config ?? {}) as JsonObject }));

/** A config key that holds an object of one kind, by name or serialised; read into its class and complete config. */
export function objectField(resolver: Resolver, field: string) {
  return z.union([z.string().min(1), serialisedSchema]).transform((input, context): ObjectValue => {
    try {
      return resolver.resolve(input, field);
    } catch (error) {
      if (error instanceof UnknownNameError) {
        context.addIssue({ code: 'custom', message: error.message });
      } else if (error instanceof ConfigError) {
        for (const { path, message } of error.issues) {
          context.addIssue({ code: 'custom', message, path: ['config', ...path] });
        }
      } else {
        throw error;
      }
      return z.NEVER;
    }
  });
}
