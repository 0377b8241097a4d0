import type { JsonObject } from '@epochal/contracts';
import { z } from 'zod';
import { resolveActivation } from '../activations/index.js';
import { UnknownNameError } from '../catalogue/errors.js';
import { registeredLayer } from './registry.js';

/** An activation is a function, by name, or a layer without weights, as in `Dense(activation=LeakyReLU())`. */
export type ActivationValue = string | { class_name: string; config: JsonObject };

const ACTIVATION_LAYERS = new Set(['ReLU', 'LeakyReLU', 'ELU', 'Softmax', 'Activation']);

const serialised = z.looseObject({ class_name: z.string(), config: z.json().nullish() });

/** A config key that holds an activation. */
export function activationField(field: string, initial = 'linear') {
  return z
    .union([z.string().min(1), serialised])
    .nullable()
    .default(initial)
    .transform((input, context): ActivationValue => {
      if (input === null) return 'linear';
      if (typeof input === 'object' && ACTIVATION_LAYERS.has(input.class_name)) {
        return readLayer(input.class_name, input.config ?? {}, context);
      }
      const name =
        typeof input === 'string'
          ? input
          : typeof input.config === 'string'
            ? input.config
            : input.class_name;
      try {
        return resolveActivation(name, field);
      } catch (error) {
        if (!(error instanceof UnknownNameError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    });
}

function readLayer(className: string, config: unknown, context: z.RefinementCtx): ActivationValue {
  const parsed = registeredLayer(className)?.config.safeParse(config);
  if (parsed?.success === true) return { class_name: className, config: parsed.data };
  for (const { message, path } of parsed?.error.issues ?? []) {
    context.addIssue({ code: 'custom', message, path: ['config', ...path] });
  }
  return z.NEVER;
}
