import type { LayerDefinition } from '../layer-definition.js';

/** Filled by index.ts: layers that wrap others look them up here, which a plain import could not do without a cycle. */
const definitions = new Map<string, LayerDefinition>();

export function registerLayer(definition: LayerDefinition): void {
  definitions.set(definition.className, definition);
}

export const registeredLayer = (className: string): LayerDefinition | undefined => definitions.get(className);
export const registeredLayerNames = (): string[] => [...definitions.keys()];
