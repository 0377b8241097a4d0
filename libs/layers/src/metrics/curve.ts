import type { JsonObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { divideNoNan } from '../ops/elementwise.js';
import { countConfusion, thresholdsOf, type Thresholds } from './confusion.js';
import { addTo, zeroVariable, type CreateMetricState } from './metric.js';
import { ofClass } from './retrieval.js';

/** Running totals of the four counts by threshold, in Keras's order. */
export class CurveTotals {
  readonly truePositives: tf.Variable;
  readonly falsePositives: tf.Variable;
  readonly trueNegatives: tf.Variable;
  readonly falseNegatives: tf.Variable;

  constructor(...shape: number[]) {
    this.truePositives = zeroVariable(...shape);
    this.falsePositives = zeroVariable(...shape);
    this.trueNegatives = zeroVariable(...shape);
    this.falseNegatives = zeroVariable(...shape);
  }

  get variables(): tf.Variable[] {
    return [this.truePositives, this.falsePositives, this.trueNegatives, this.falseNegatives];
  }

  add(thresholds: Thresholds, predictions: Parameters<typeof countConfusion>[1]): void {
    const { truePositives, falsePositives, positives, negatives } = countConfusion(thresholds, predictions);
    addTo(this.truePositives, truePositives);
    addTo(this.falsePositives, falsePositives);
    addTo(this.trueNegatives, tf.sub(negatives, falsePositives));
    addTo(this.falseNegatives, tf.sub(positives, truePositives));
  }

  /** Also called sensitivity. */
  recall(): tf.Tensor {
    return divideNoNan(this.truePositives, tf.add(this.truePositives, this.falseNegatives));
  }

  precision(): tf.Tensor {
    return divideNoNan(this.truePositives, tf.add(this.truePositives, this.falsePositives));
  }

  specificity(): tf.Tensor {
    return divideNoNan(this.trueNegatives, tf.add(this.trueNegatives, this.falsePositives));
  }

  falsePositiveRate(): tf.Tensor {
    return divideNoNan(this.falsePositives, tf.add(this.falsePositives, this.trueNegatives));
  }
}

/** Numbers from 0 to 1 in even steps. */
export const evenNumbers = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => index / (count - 1));

type Rate = 'recall' | 'precision' | 'specificity';

/** The best of one rate where another is at least a given number, as SensitivityAtSpecificity. */
export const bestRate =
  (best: Rate, given: Rate, bound: (config: JsonObject) => number): CreateMetricState =>
  (config) => {
    const count = config['num_thresholds'] as number;
    const thresholds: Thresholds =
      count === 1 ? { values: [0.5], spacing: 'uneven' } : { values: evenNumbers(count), spacing: 'even' };
    const totals = new CurveTotals(count);
    return {
      variables: totals.variables,
      update(yTrue, yPred, sampleWeight) {
        const [target, scores] = ofClass(config['class_id'] as number | null, yTrue, yPred);
        totals.add(thresholds, { yTrue: target, yPred: scores, sampleWeight, labels: 'together' });
      },
      result() {
        const rates = totals[best]();
        const feasible = tf.greaterEqual(totals[given](), bound(config));
        return tf.max(tf.where(feasible, rates, tf.zerosLike(rates)));
      },
    };
  };

/** AUC's thresholds reach a little beyond 0 and 1, so that every score lies between two. */
export function aucThresholds(config: JsonObject): Thresholds {
  const given = config['thresholds'] as number[] | null;
  const inner =
    given === null
      ? evenNumbers(config['num_thresholds'] as number)
      : [0, ...given.toSorted((a, b) => a - b), 1];
  const values = [-1e-7, ...inner.slice(1, -1), 1 + 1e-7];
  return given === null ? { values, spacing: 'even' } : thresholdsOf(values, inner);
}
