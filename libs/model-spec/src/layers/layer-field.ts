import { z } from 'zod';
import { nearestNames } from '../catalogue/nearest-names.js';
import type { ObjectValue } from '../catalogue/object-field.js';
import { registeredLayer, registeredLayerNames } from './registry.js';

const MODELS: ReadonlySet<string> = new Set(['Functional', 'Sequential', 'Model']);

const serialised = z.looseObject({ class_name: z.string().min(1), config: z.looseObject({}).nullish() });

/** A config key that holds a layer, such as the one that TimeDistributed wraps; read into its class and complete config. */
export function layerField(field: string) {
  return serialised.transform(({ class_name, config }, context): ObjectValue => {
    const definition = registeredLayer(class_name);
    if (definition === undefined) {
      context.addIssue({ code: 'custom', message: unknownLayer(class_name, field), path: ['class_name'] });
      return z.NEVER;
    }
    const parsed = definition.config.safeParse(config ?? {});
    if (parsed.success) return { class_name: definition.className, config: parsed.data };
    for (const { message, path } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message, path: ['config', ...path] });
    }
    return z.NEVER;
  });
}

function unknownLayer(className: string, field: string): string {
  if (MODELS.has(className)) {
    return `expected one layer; a whole model (${className}) inside of a layer is not available: wrap each of its layers`;
  }
  const nearest = nearestNames(className, registeredLayerNames()).map((name) => `"${name}"`);
  const hint = nearest.length === 0 ? '' : `. Did you mean ${nearest.join(' or ')}?`;
  return `unknown layer "${className}" in ${field}${hint}`;
}
