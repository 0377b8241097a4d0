import type { JsonObject } from '@epochal/contracts';
import { createOptimizer } from '@epochal/layers';
import { resolveOptimizer } from '@epochal/model-spec';
import { loadTensorFlow } from '@epochal/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { casesWithKeras } from './keras.js';
import { TOLERANCE, report } from './report.js';

loadTensorFlow();

interface ScheduleCase {
  name: string;
  class_name: string;
  config: JsonObject;
  steps: number[];
}

const cases = await casesWithKeras<ScheduleCase, { rates: number[] }>('schedules');

test.each(cases)(
  '$case.name: the rates are those of Keras',
  ({ case: { class_name, config, steps }, keras }) => {
    const optimizer = createOptimizer(
      resolveOptimizer({ class_name: 'SGD', config: { learning_rate: { class_name, config } } }),
      [],
    );
    expect(optimizer.learningRate).toBeNull();
    const differences = steps.map((step, index) => {
      optimizer.iterations.assign(tf.scalar(step, 'int32'));
      return Math.abs(optimizer.currentLearningRate().dataSync()[0]! - keras.rates[index]!);
    });
    report('schedules', class_name, { rate: Math.max(...differences) });
    expect(Math.max(...differences)).toBeLessThan(TOLERANCE / 10);
  },
);
