import type { Compile, Shape } from '@epochal/contracts';
import { readCompile, type ResolvedObject } from '@epochal/model-spec';
import { TrainingError } from '../training-error.js';
import { LogNames } from './log-names.js';

export interface OutputOfModel {
  readonly name: string;
  /** With the batch dimension. */
  readonly shape: Shape;
  /** Shape of its targets, with the batch dimension. */
  readonly targetShape: Shape;
}

export interface PlannedMetric {
  readonly metric: ResolvedObject;
  readonly logName: string;
}

/** What is computed for one output. */
export interface PlannedOutput {
  readonly name: string;
  readonly loss: ResolvedObject | null;
  readonly lossWeight: number | null;
  /** Name of the log of this loss alone; null for a model with one loss, whose log is `loss`. */
  readonly lossLogName: string | null;
  readonly metrics: readonly PlannedMetric[];
  readonly weightedMetrics: readonly PlannedMetric[];
}

export interface CompilePlan {
  readonly optimizer: ResolvedObject;
  readonly outputs: readonly PlannedOutput[];
}

/**
 * Which losses, weights and metrics each output has, as `readCompile` reads them, and their names in the logs.
 * @throws TrainingError with all that is wrong
 */
export const planCompile = (compile: Compile, outputs: readonly OutputOfModel[]): CompilePlan => {
  const { optimizer, outputs: read, problems } = readCompile(compile, outputs);
  if (optimizer === null || problems.length > 0) {
    const lines = problems.map(({ pointer, message }) => `${pointer}: ${message}`);
    throw new TrainingError('invalid_compile', lines.join('; '));
  }
  const logNames = new LogNames(outputs.map(({ name }) => name));
  const lossCount = read.filter(({ loss }) => loss !== null).length;
  const named = (
    metrics: readonly ResolvedObject[],
    index: number,
    field: 'metrics' | 'weighted_metrics',
  ): PlannedMetric[] =>
    metrics.map((metric) => ({
      metric,
      logName: logNames.metric(index, metric.config['name'] as string, field),
    }));
  // Keras names all metrics before the first weighted one.
  const metrics = read.map((output, index) => named(output.metrics, index, 'metrics'));
  const weightedMetrics = read.map((output, index) =>
    named(output.weightedMetrics, index, 'weighted_metrics'),
  );
  return {
    optimizer,
    outputs: read.map(({ name, loss, lossWeight }, index) => ({
      name,
      loss,
      lossWeight,
      lossLogName: lossCount > 1 && loss !== null ? `${name}_loss` : null,
      metrics: metrics[index]!,
      weightedMetrics: weightedMetrics[index]!,
    })),
  };
};
