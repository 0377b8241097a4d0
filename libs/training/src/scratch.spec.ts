import { loadTensorFlow, RandomSource, statelessUniform } from '@epochal/tensorflow';
import { fitSchema } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { fit } from './fit/fit.js';
import type { Trainable } from './compile/trainable.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const make = (): Trainable => {
  const w = tf.variable(tf.fill([8, 1], 0.1)), b = tf.variable(tf.zeros([1])), m = tf.variable(tf.zeros([8, 1]));
  const it = tf.variable(tf.scalar(0, 'int32'), false), lr = tf.variable(tf.scalar(0.05), false);
  const tr = [tf.variable(tf.scalar(0), false), tf.variable(tf.scalar(0), false)], te = [tf.variable(tf.scalar(0), false), tf.variable(tf.scalar(0), false)];
  const track = (v: tf.Variable[], loss: tf.Tensor, n: number) => { v[0]!.assign(tf.add(v[0]!, tf.mul(loss, n))); v[1]!.assign(tf.add(v[1]!, n)); };
  return {
    weights: new Map([['d/kernel', w], ['d/bias', b]]),
    optimizerVariables: new Map([['iterations', it], ['learning_rate', lr], ['m/d/kernel', m]]),
    trainTrackers: new Map([['loss/total', tr[0]!], ['loss/count', tr[1]!]]),
    testTrackers: new Map([['loss/total', te[0]!], ['loss/count', te[1]!]]),
    learningRate: { kind: 'variable', variable: lr },
    logs: [{ name: 'loss', direction: 'down' }],
    trainStep: (seed) => ([x, y]) => {
      const random = new RandomSource(seed, it);
      const keep = tf.cast(tf.greater(statelessUniform(x!.shape, random.next()), 0.1), 'float32');
      const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.sub(tf.add(tf.matMul(tf.mul(x!, keep) as tf.Tensor2D, w as unknown as tf.Tensor2D), b), y!))) as tf.Scalar, [w, b]);
      m.assign(tf.add(tf.mul(m, 0.9), grads[w.name]!));
      w.assign(tf.sub(w, tf.mul(m, lr))); b.assign(tf.sub(b, tf.mul(grads[b.name]!, lr)));
      it.assign(tf.add(it, tf.scalar(1, 'int32')));
      track(tr, value, x!.shape[0]!);
      return [];
    },
    testStep: () => ([x, y]) => { track(te, tf.mean(tf.square(tf.sub(tf.add(tf.matMul(x as tf.Tensor2D, w as unknown as tf.Tensor2D), b), y!))), x!.shape[0]!); return []; },
    predictStep: () => ([x]) => [tf.matMul(x as tf.Tensor2D, w as unknown as tf.Tensor2D)],
    trainLogs: () => [tf.reshape(tf.div(tr[0]!, tr[1]!), [1])],
    testLogs: () => [tf.reshape(tf.div(te[0]!, te[1]!), [1])],
    resetTrainTrackers: () => { tr.forEach((v) => v.assign(tf.scalar(0))); return []; },
    resetTestTrackers: () => { te.forEach((v) => v.assign(tf.scalar(0))); return []; },
  };
};
const samples = (rows: number) => ({ rows, inputs: [{ shape: [8], values: Float32Array.from({ length: rows * 8 }, (_, i) => Math.sin(i * 1.7)) }], targets: [{ shape: [1], values: Float32Array.from({ length: rows }, (_, i) => Math.sin(i * 13.6)) }], weights: null });
const run = async (execution: 'auto' | 'eager', epochs = 3) => {
  const events: string[] = []; const t0 = performance.now();
  const trainable = make();
  const result = await fit({ trainable, train: samples(3210), validation: samples(401), testRows: 0, fit: fitSchema.parse({ epochs }), seed: 1, callbacks: [], batchIntervalSeconds: 0.5, resume: null, execution,
    host: { execution: (m, r) => events.push(`${m} ${r}`), emit: (e) => events.push(JSON.stringify(e)), poll: async () => 'continue', isCheckpointDue: () => false, saveCheckpoint: async (c) => void events.push(Object.keys(c.state.tensors).join()) } });
  return { events, result, weights: [...trainable.weights.values()].map((v) => [...v.dataSync()]), ms: performance.now() - t0 };
};
it('works', async () => {
  const graph = await run('auto');
  console.log(graph.events.join('\n'), graph.ms);
  const eager = await run('eager');
  console.log(eager.ms);
  expect(eager.weights).toEqual(graph.weights);
  expect(eager.result).toEqual(graph.result);
});
