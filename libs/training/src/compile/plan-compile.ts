import type { Compile, KerasObject, Shape } from '@epochal/contracts';
import { resolveLoss, resolveMetric, resolveOptimizer, type ResolvedObject } from '@epochal/model-spec';
import { TrainingError } from '../training-error.js';
import { byOutput } from './by-output.js';
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

type Metrics = Compile['metrics'];
type MetricsOfOutput = readonly KerasObject[];

/** With one output every metric is of that output, however nested they are. */
const metricsByOutput = (metrics: Metrics, names: readonly string[], field: string): MetricsOfOutput[] => {
  if (metrics === undefined || (Array.isArray(metrics) && metrics.length === 0)) return names.map(() => []);
  if (names.length === 1 && Array.isArray(metrics)) return [metrics.flat()];
  return byOutput(metrics, names, field).map((ofOutput) => (ofOutput === undefined ? [] : [ofOutput].flat()));
};

const lossesByOutput = (loss: Compile['loss'], names: readonly string[]): (KerasObject | null)[] => {
  if (typeof loss === 'string' || isKerasObject(loss)) return names.map(() => loss);
  if (!Array.isArray(loss)) {
    const missing = names.filter((name) => !Object.hasOwn(loss, name));
    if (missing.length > 0)
      throw new TrainingError(
        'invalid_compile',
        `loss has no entry for the output ${missing.join(', ')}: give each output a loss, or null`,
      );
  }
  return byOutput(loss, names, 'loss').map((ofOutput) => ofOutput ?? null);
};

const isKerasObject = (loss: Compile['loss']): loss is Exclude<KerasObject, string> =>
  typeof loss === 'object' && !Array.isArray(loss) && typeof loss['class_name'] === 'string';

const lossWeightsByOutput = (
  weights: Compile['loss_weights'],
  names: readonly string[],
): (number | null)[] => {
  if (weights === undefined || weights === null) return names.map(() => null);
  if (typeof weights === 'number') return names.map(() => weights);
  return byOutput(weights, names, 'loss_weights').map((weight) => weight ?? null);
};

/**
 * Which losses, weights and metrics each output has, and their names in the logs, by the rules of Keras's `Model.compile`.
 * @throws TrainingError when an entry is for no output, or an output's is missing
 * @throws UnknownNameError, ConfigError for a class or config that Keras does not have
 */
export const planCompile = (compile: Compile, outputs: readonly OutputOfModel[]): CompilePlan => {
  const names = outputs.map(({ name }) => name);
  const losses = lossesByOutput(compile.loss, names);
  const lossCount = losses.filter((loss) => loss !== null).length;
  if (lossCount === 0)
    throw new TrainingError('invalid_compile', 'loss must be given for at least one output');
  const weights = lossWeightsByOutput(compile.loss_weights, names);
  const metrics = metricsByOutput(compile.metrics, names, 'metrics');
  const weighted = metricsByOutput(compile.weighted_metrics, names, 'weighted_metrics');
  const logNames = new LogNames(names);

  const resolved = outputs.map(({ shape, targetShape }, index) => {
    const output = { outputShape: shape, targetShape };
    const loss = losses[index] ?? null;
    return { output, loss: loss === null ? null : resolveLoss(loss, 'loss', output) };
  });
  const plan = (objects: MetricsOfOutput[], field: 'metrics' | 'weighted_metrics'): PlannedMetric[][] =>
    objects.map((ofOutput, index) =>
      ofOutput.map((object) => {
        const metric = resolveMetric(object, resolved[index]!.output, field);
        return { metric, logName: logNames.metric(index, metric.config['name'] as string, field) };
      }),
    );
  const plannedMetrics = plan(metrics, 'metrics');
  const plannedWeighted = plan(weighted, 'weighted_metrics');
  return {
    optimizer: resolveOptimizer(compile.optimizer),
    outputs: outputs.map(({ name }, index) => ({
      name,
      loss: resolved[index]!.loss,
      lossWeight: weights[index]!,
      lossLogName: lossCount > 1 && resolved[index]!.loss !== null ? `${name}_loss` : null,
      metrics: plannedMetrics[index]!,
      weightedMetrics: plannedWeighted[index]!,
    })),
  };
};
