import type { JsonObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { divideNoNan, float } from '../ops/elementwise.js';
import { countConfusion, thresholdsOf, type Confusion, type Thresholds } from './confusion.js';
import { addTo, zeroVariable, type CreateMetricState } from './metric.js';

/** Below every score: what is not among the k highest counts as not predicted. */
const NOT_PREDICTED = -1e10;

type Count = (confusion: Confusion) => tf.Tensor;

const COUNTS = {
  truePositives: ({ truePositives }) => truePositives,
  falsePositives: ({ falsePositives }) => falsePositives,
  falseNegatives: ({ truePositives, positives }) => tf.sub(positives, truePositives),
  trueNegatives: ({ falsePositives, negatives }) => tf.sub(negatives, falsePositives),
} satisfies Record<string, Count>;

function thresholdsFrom(config: JsonObject, initial: number): Thresholds {
  const given = config['thresholds'] as number | number[] | null;
  return thresholdsOf(Array.isArray(given) ? given : [given ?? initial]);
}

/** A vector by threshold, or its number where there is one threshold. */
const perThreshold = (x: tf.Tensor): tf.Tensor => (x.size === 1 ? tf.reshape(x, []) : tf.clone(x));

/** TruePositives and its like. */
export const counting =
  (kind: keyof typeof COUNTS): CreateMetricState =>
  (config) => {
    const thresholds = thresholdsFrom(config, 0.5);
    const total = zeroVariable(thresholds.values.length);
    return {
      variables: [total],
      update(yTrue, yPred, sampleWeight) {
        const confusion = countConfusion(thresholds, { yTrue, yPred, sampleWeight, labels: 'together' });
        addTo(total, COUNTS[kind](confusion));
      },
      result: () => perThreshold(total),
    };
  };

/** Precision and Recall: true positives over them and one kind of error. */
export const hitRate =
  (errors: 'falsePositives' | 'falseNegatives'): CreateMetricState =>
  (config) => {
    const k = config['top_k'] as number | null;
    const classId = config['class_id'] as number | null;
    const thresholds = thresholdsFrom(config, k === null ? 0.5 : NOT_PREDICTED);
    const hits = zeroVariable(thresholds.values.length);
    const misses = zeroVariable(thresholds.values.length);
    return {
      variables: [hits, misses],
      update(yTrue, yPred, sampleWeight) {
        const chosen = k === null ? yPred : onlyHighest(yPred, k);
        const [target, scores] = ofClass(classId, yTrue, chosen);
        const predictions = { yTrue: target, yPred: scores, sampleWeight, labels: 'together' as const };
        const confusion = countConfusion(thresholds, predictions);
        addTo(hits, COUNTS.truePositives(confusion));
        addTo(misses, COUNTS[errors](confusion));
      },
      result: () => perThreshold(divideNoNan(hits, tf.add(hits, misses))),
    };
  };

/** The targets and scores of one class alone. */
export function ofClass(classId: number | null, yTrue: tf.Tensor, yPred: tf.Tensor): [tf.Tensor, tf.Tensor] {
  if (classId === null) return [yTrue, yPred];
  const column = (x: tf.Tensor) =>
    tf.slice(x, [...x.shape.slice(0, -1).map(() => 0), classId], [...x.shape.slice(0, -1), 1]);
  return [column(yTrue), column(yPred)];
}

function onlyHighest(scores: tf.Tensor, k: number): tf.Tensor {
  const { indices } = tf.topk(scores, k);
  const marks = tf.sum(tf.oneHot(indices as tf.Tensor1D, scores.shape.at(-1) ?? 1), -2);
  const kept = float(marks);
  return tf.add(tf.mul(scores, kept), tf.mul(tf.sub(1, kept), NOT_PREDICTED));
}
