import type { KerasObject } from '@epochal/contracts';
import type { ResolvedObject } from '../catalogue/component-definition.js';
import { targetKind, type OutputContext } from '../catalogue/output-context.js';
import { createResolver } from '../catalogue/resolve.js';
import { toSnakeCase } from '../catalogue/snake-case.js';
import { METRICS } from './catalogue.js';

export { METRICS };

const resolver = createResolver('metric', METRICS);

const ACCURACIES = {
  binary: 'BinaryAccuracy',
  sparse_categorical: 'SparseCategoricalAccuracy',
  categorical: 'CategoricalAccuracy',
} as const;

const CROSSENTROPIES = {
  binary: 'BinaryCrossentropy',
  sparse_categorical: 'SparseCategoricalCrossentropy',
  categorical: 'CategoricalCrossentropy',
} as const;

/**
 * The metric that `Model.compile(metrics=[...])` would make. `config.name` is the name in logs: the very string that was
 * given, or else the name that Keras gives the class. Two metrics of one output may come out with one name.
 * @param output needed for "accuracy", "acc", "crossentropy" and "ce"
 * @throws UnknownNameError, ConfigError
 */
export function resolveMetric(input: KerasObject, output?: OutputContext, field = 'metrics'): ResolvedObject {
  if (typeof input === 'string') {
    const resolved = resolver.resolve(classNameFor(input, output), field);
    return { ...resolved, config: { ...resolved.config, name: input } };
  }
  const resolved = resolver.resolve(input, field);
  return {
    ...resolved,
    config: { ...resolved.config, name: resolved.config['name'] ?? toSnakeCase(resolved.class_name) },
  };
}

function classNameFor(input: string, output: OutputContext | undefined): string {
  if (output === undefined) return input;
  if (/^(accuracy|acc)$/i.test(input)) return ACCURACIES[targetKind(output)];
  if (/^(crossentropy|ce)$/i.test(input)) return CROSSENTROPIES[targetKind(output)];
  return input;
}
