import type { JsonObject } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { EPSILON, float } from '../ops/elementwise.js';
import { addTo, zeroVariable, type CreateMetricState } from './metric.js';

type ClassesOf = (x: tf.Tensor) => tf.Tensor;

interface IouOptions {
  readonly classes: number;
  readonly targets: readonly number[];
  readonly ignoredClass: number | null;
  readonly trueClasses: ClassesOf;
  readonly predictedClasses: ClassesOf;
  readonly weights: 'whole' | 'any';
}

/** Intersection over union of classes, from a confusion matrix (keras/src/metrics/iou_metrics.py). */
function intersectionOverUnion(options: IouOptions): ReturnType<CreateMetricState> {
  const { classes, targets } = options;
  const matrix = zeroVariable(classes, classes);
  return {
    variables: [matrix],
    update(yTrue, yPred, sampleWeight) {
      addTo(matrix, confusionMatrix(options, yTrue, yPred, sampleWeight));
    },
    result() {
      const hits = tf.sum(tf.mul(matrix, tf.eye(classes)), 0);
      const union = tf.sub(tf.add(tf.sum(matrix, 0), tf.sum(matrix, 1)), hits);
      const chosen = tf.tensor1d([...targets], 'int32');
      const [hit, all] = [tf.gather(hits, chosen), tf.gather(union, chosen)];
      const occurs = tf.cast(tf.greater(all, 1e-9), 'float32');
      const ratios = tf.mul(tf.div(hit, tf.add(all, EPSILON)), occurs);
      return tf.div(tf.sum(ratios), tf.add(tf.sum(occurs), EPSILON));
    },
  };
}

function confusionMatrix(
  { classes, ignoredClass, trueClasses, predictedClasses, weights }: IouOptions,
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  sampleWeight: tf.Tensor | null,
): tf.Tensor {
  const flat = (x: tf.Tensor) => tf.reshape(tf.cast(x, 'int32'), [-1]);
  const [actual, predicted] = [flat(trueClasses(yTrue)), flat(predictedClasses(yPred))];
  const known = (x: tf.Tensor) => tf.logicalAnd(tf.greaterEqual(x, 0), tf.less(x, classes));
  const inRange = tf.logicalAnd(known(actual), known(predicted));
  const counts = ignoredClass === null ? inRange : tf.logicalAnd(inRange, tf.notEqual(actual, ignoredClass));
  const counted = tf.cast(counts, 'float32');
  const weight = sampleWeight === null ? counted : tf.mul(spread(sampleWeight, actual, weights), counted);
  // A negative segment is left out.
  const cell = tf.add(tf.mul(actual, tf.scalar(classes, 'int32')), predicted);
  const segments = tf.where(counts, cell, tf.scalar(-1, 'int32')) as tf.Tensor1D;
  return tf.reshape(tf.unsortedSegmentSum(weight, segments, classes * classes), [classes, classes]);
}

/** Keras counts in whole numbers, unless told another dtype. */
function spread(sampleWeight: tf.Tensor, like: tf.Tensor, weights: 'whole' | 'any'): tf.Tensor {
  const flat = sampleWeight.rank > 1 ? tf.reshape(sampleWeight, [-1]) : sampleWeight;
  const broadcast = tf.broadcastTo(float(flat), like.shape);
  return weights === 'whole' ? float(tf.cast(broadcast, 'int32')) : broadcast;
}

const classesOf = (form: unknown, axis: number): ClassesOf =>
  form === true ? (x) => x : (x) => tf.argMax(x, axis);

const isFloat = (dtype: unknown): boolean => typeof dtype === 'string' && dtype.startsWith('float');

const common = (config: JsonObject) => ({
  classes: config['num_classes'] as number,
  ignoredClass: (config['ignore_class'] ?? null) as number | null,
  trueClasses: classesOf(config['sparse_y_true'], config['axis'] as number),
  predictedClasses: classesOf(config['sparse_y_pred'], config['axis'] as number),
  weights: isFloat(config['dtype']) ? ('any' as const) : ('whole' as const),
});

/** IoU and OneHotIoU, whose targets are never sparse. */
export const iou: CreateMetricState = (config) =>
  intersectionOverUnion({ ...common(config), targets: config['target_class_ids'] as number[] });

/** MeanIoU and OneHotMeanIoU. */
export const meanIou: CreateMetricState = (config) => {
  const options = common(config);
  return intersectionOverUnion({ ...options, targets: [...Array(options.classes).keys()] });
};

export const binaryIou: CreateMetricState = (config) =>
  intersectionOverUnion({
    ...common(config),
    classes: 2,
    targets: config['target_class_ids'] as number[],
    trueClasses: (x) => x,
    predictedClasses: (x) => tf.greaterEqual(x, config['threshold'] as number),
  });
