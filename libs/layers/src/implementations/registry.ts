import type { LayerImplementation } from '../layer.js';

/** Filled by index.ts: layers that wrap others find them here, which a plain import could not do without a cycle. */
const implementations = new Map<string, LayerImplementation>();

export function registerImplementation(implementation: LayerImplementation): void {
  implementations.set(implementation.className, implementation);
}

/** @throws RangeError when no layer has that class name; models were validated before */
export function implementationOf(className: string): LayerImplementation {
  const implementation = implementations.get(className);
  if (implementation === undefined) throw new RangeError(`There is no layer class "${className}"`);
  return implementation;
}
