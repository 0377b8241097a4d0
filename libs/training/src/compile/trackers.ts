import { createMetric, type Mask, type Metric } from '@epochal/layers';
import type { StepFunction } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { MeanTracker } from './mean-tracker.js';
import { metricDirection } from './metric-direction.js';
import type { CompilePlan, OutputOfModel, PlannedMetric } from './plan-compile.js';
import type { LogDescription } from './trainable.js';

/** One batch's outcome, from which losses and metrics are tracked. Lists are by output. */
export interface BatchOutcome {
  readonly samples: number;
  readonly loss: tf.Tensor;
  readonly losses: readonly (tf.Tensor | null)[];
  readonly targets: readonly (tf.Tensor | null)[];
  readonly predictions: readonly tf.Tensor[];
  readonly masks: readonly Mask[];
  readonly sampleWeight: tf.Tensor | null;
}

interface TrackedMetric {
  readonly logName: string;
  readonly className: string;
  readonly output: number;
  readonly weighting: 'unweighted' | 'weighted';
  readonly metric: Metric;
}

/** How many numbers a metric gives: one, unless its config asks for one a class or threshold. */
const sizeOf = (metric: Metric): number => tf.tidy(() => metric.result().size);

/** The losses and metrics of a compiled model as streaming values: one instance for training, one for evaluating. */
export class Trackers {
  readonly #loss = new MeanTracker();
  readonly #losses: readonly {
    readonly logName: string;
    readonly output: number;
    readonly tracker: MeanTracker;
  }[];
  readonly #metrics: readonly TrackedMetric[];
  readonly logs: readonly LogDescription[];

  constructor(plan: CompilePlan, outputs: readonly OutputOfModel[]) {
    this.#losses = plan.outputs.flatMap(({ lossLogName: logName }, output) =>
      logName === null ? [] : [{ logName, output, tracker: new MeanTracker() }],
    );
    const track = (
      planned: readonly PlannedMetric[],
      output: number,
      weighting: TrackedMetric['weighting'],
    ): TrackedMetric[] =>
      planned.map(({ metric, logName }) => ({
        logName,
        className: metric.class_name,
        output,
        weighting,
        metric: createMetric(metric, { outputShape: outputs[output]!.shape }),
      }));
    this.#metrics = plan.outputs.flatMap(({ metrics, weightedMetrics }, output) => [
      ...track(metrics, output, 'unweighted'),
      ...track(weightedMetrics, output, 'weighted'),
    ]);
    this.logs = this.#describe();
  }

  #describe(): LogDescription[] {
    const ofMetrics = this.#metrics.flatMap(({ logName: name, className, metric }): LogDescription[] => {
      const direction = metricDirection(className);
      const size = sizeOf(metric);
      if (size === 1) return [{ name, direction }];
      return Array.from({ length: size }, (_, index) => ({ name: `${name}_${index}`, direction }));
    });
    const ofLosses = this.#losses.map(({ logName: name }): LogDescription => ({ name, direction: 'down' }));
    return [{ name: 'loss', direction: 'down' }, ...ofLosses, ...ofMetrics];
  }

  /** By `<log>/<variable>`. A metric's variables have no names; their order is fixed. */
  get variables(): Map<string, tf.Variable> {
    const means = [{ logName: 'loss', tracker: this.#loss }, ...this.#losses];
    return new Map([
      ...means.flatMap(({ logName, tracker: { variables } }): [string, tf.Variable][] => [
        [`${logName}/total`, variables.total],
        [`${logName}/count`, variables.count],
      ]),
      ...this.#metrics.flatMap(({ logName, metric }) =>
        metric.variables.map((variable, index): [string, tf.Variable] => [`${logName}/${index}`, variable]),
      ),
    ]);
  }

  /**
   * Keras weighs the loss by samples, but means each output's loss over batches, whatever their sizes.
   */
  update({ samples, loss, losses, targets, predictions, masks, sampleWeight }: BatchOutcome): void {
    this.#loss.update(loss, samples);
    for (const { output, tracker } of this.#losses) tracker.update(losses[output]!, 1);
    for (const { output, weighting, metric } of this.#metrics) {
      const weight = weighting === 'weighted' ? sampleWeight : null;
      metric.update(targets[output]!, predictions[output]!, weight, masks[output] ?? null);
    }
  }

  /** One output: the values of all logs. */
  readonly values: StepFunction = () => [
    tf.concat([
      ...[this.#loss, ...this.#losses.map(({ tracker }) => tracker)].map((tracker) =>
        tf.reshape(tracker.result(), [1]),
      ),
      ...this.#metrics.map(({ metric }) => tf.reshape(tf.cast(metric.result(), 'float32'), [-1])),
    ]),
  ];

  readonly reset: StepFunction = () => {
    for (const variable of this.variables.values()) variable.assign(tf.zerosLike(variable));
    return [];
  };

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
  }
}
