import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { loadTensorFlow } from '../load-tensorflow.js';
import { hexOf } from '../testing/hex-of.js';
import { operationCases } from '../testing/operation-cases.js';
import { GraphProgram } from './graph-program.js';

loadTensorFlow({ threads: { intraOp: 2, interOp: 2 } });

test.each(operationCases())('$name: the same bits traced as eager', ({ inputs, step }) => {
  const eager = tf.tidy(() => step(inputs).map(hexOf));
  const program = new GraphProgram([]);
  program.addFunction('step', step, inputs);
  program.addData('rows', [{ shape: [], dtype: 'float32' }]);
  program.addLoop('loop', ([, ...given]) => step(given), {
    data: 'rows',
    batchSize: 1,
    extraInputs: inputs,
  });
  const session = program.build();
  session.setData('rows', [tf.zeros([3])]);
  expect(session.call('step', inputs).map(hexOf)).toEqual(eager);
  const looped = session.runLoop('loop', {
    order: Int32Array.of(0, 1, 2),
    batches: 3,
    extraInputs: inputs,
  });
  expect(looped.map(hexOf)).toEqual(eager);
  session.dispose();
});
