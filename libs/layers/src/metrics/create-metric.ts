import type { ResolvedObject } from '@epochal/model-spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Metric, MetricContext } from './metric.js';
import { metricState } from './metric-state.js';

/**
 * A metric from what `resolveMetric` of `@epochal/model-spec` gave, with its variables at zero.
 * @throws RangeError for a class that is not a metric, which `resolveMetric` never gives
 */
export function createMetric({ class_name, config }: ResolvedObject, context: MetricContext): Metric {
  const state = metricState(class_name, config, context);
  return {
    name: typeof config['name'] === 'string' ? config['name'] : class_name,
    variables: state.variables,
    reset() {
      tf.tidy(() => {
        for (const variable of state.variables) variable.assign(tf.zerosLike(variable));
      });
    },
    update(yTrue, yPred, sampleWeight = null, mask = null) {
      tf.tidy(() => state.update(yTrue, yPred, sampleWeight, mask));
    },
    result: () => tf.tidy(() => state.result()),
  };
}
