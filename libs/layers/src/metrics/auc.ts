import * as tf from '@tensorflow/tfjs-core';
import { divideNoNan, sigmoid } from '../ops/elementwise.js';
import { aucThresholds, CurveTotals } from './curve.js';
import type { CreateMetricState } from './metric.js';

/** keras.metrics.AUC: area under a curve through a number of thresholds. */
export const auc: CreateMetricState = (config, { outputShape }) => {
  const thresholds = aucThresholds(config);
  const multiLabel = config['multi_label'] === true;
  const labelWeights = config['label_weights'] as number[] | null;
  const labels = (config['num_labels'] as number | null) ?? outputShape.at(-1) ?? 1;
  const totals = new CurveTotals(thresholds.values.length, ...(multiLabel ? [labels] : []));
  return {
    variables: totals.variables,
    update(yTrue, scores, sampleWeight) {
      totals.add(thresholds, {
        yTrue,
        yPred: config['from_logits'] === true ? sigmoid(scores) : scores,
        sampleWeight,
        labelWeights: multiLabel ? null : labelWeights,
        labels: multiLabel ? 'apart' : 'together',
      });
    },
    result() {
      const curve = config['curve'] as Curve;
      const summation = config['summation_method'] as Summation;
      const pieces =
        curve === 'PR' && summation === 'interpolation'
          ? interpolatedPrecision(totals)
          : rectangles(coordinates(totals, curve), summation);
      if (!multiLabel) return tf.sum(pieces);
      const areas = tf.sum(pieces, 0);
      if (labelWeights === null) return tf.mean(areas);
      const weights = tf.tensor1d(labelWeights);
      return divideNoNan(tf.sum(tf.mul(areas, weights)), tf.sum(weights));
    },
  };
};

type Curve = 'ROC' | 'PR' | 'PRGAIN';
type Summation = 'interpolation' | 'minoring' | 'majoring';

interface Coordinates {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

function coordinates(totals: CurveTotals, curve: Curve): Coordinates {
  if (curve === 'ROC') return { x: totals.falsePositiveRate(), y: totals.recall() };
  if (curve === 'PR') return { x: totals.recall(), y: totals.precision() };
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = totals;
  const odds = divideNoNan(tf.add(truePositives, falseNegatives), tf.add(trueNegatives, falsePositives));
  const none = tf.equal(truePositives, 0);
  const gain = (errors: tf.Tensor, otherwise: number) => {
    const value = tf.sub(1, tf.mul(odds, divideNoNan(errors, truePositives)));
    return tf.where(none, tf.fill(value.shape, otherwise), value);
  };
  return { x: tf.relu(gain(falseNegatives, 0)), y: gain(falsePositives, 1) };
}

/** Flach and Kull 2015 name the gain; areas are sums of rectangles between neighbouring thresholds. */
function rectangles({ x, y }: Coordinates, summation: Summation): tf.Tensor {
  const [left, right] = neighbours(y);
  const heights = {
    interpolation: () => tf.mul(tf.add(left, right), 0.5),
    minoring: () => tf.minimum(left, right),
    majoring: () => tf.maximum(left, right),
  }[summation]();
  const [before, after] = neighbours(x);
  return tf.mul(tf.sub(before, after), heights);
}

/** Davis and Goadrich 2006: precision is interpolated through the counts, not along a straight line. */
function interpolatedPrecision({ truePositives, falsePositives, falseNegatives }: CurveTotals): tf.Tensor {
  const [hits, nextHits] = neighbours(truePositives);
  const [predicted, nextPredicted] = neighbours(tf.add(truePositives, falsePositives));
  const [, nextMissed] = neighbours(falseNegatives);
  const gained = tf.sub(hits, nextHits);
  const slope = divideNoNan(gained, tf.relu(tf.sub(predicted, nextPredicted)));
  const intercept = tf.sub(nextHits, tf.mul(slope, nextPredicted));
  const bothPredict = tf.logicalAnd(tf.greater(predicted, 0), tf.greater(nextPredicted, 0));
  const ratio = tf.where(
    bothPredict,
    divideNoNan(predicted, tf.relu(nextPredicted)),
    tf.onesLike(nextPredicted),
  );
  const area = tf.mul(slope, tf.add(gained, tf.mul(intercept, tf.log(ratio))));
  return divideNoNan(area, tf.relu(tf.add(nextHits, nextMissed)));
}

/** All but the last, and all but the first, along the thresholds. */
function neighbours(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const rest = x.shape.slice(1);
  const size = [(x.shape[0] ?? 1) - 1, ...rest];
  const zeros = rest.map(() => 0);
  return [tf.slice(x, [0, ...zeros], size), tf.slice(x, [1, ...zeros], size)];
}
