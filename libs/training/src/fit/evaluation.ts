import type { EventDraft } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { LogValues } from '../callbacks/callback.js';
import type { LogDescription } from '../compile/trainable.js';
import type { Executor } from '../execution/executor.js';
import type { Batches } from './batches.js';
import { inOrder } from './rows.js';
import type { Throttle } from './throttle.js';
import { toWireLogs } from './wire-logs.js';

/** The logs that a function of the executor computes. */
export const readLogs = (
  executor: Executor,
  name: 'trainLogs' | 'testLogs',
  descriptions: readonly LogDescription[],
): Record<string, number> => {
  const outputs = executor.call(name);
  const values = outputs[0]!.dataSync();
  tf.dispose(outputs);
  return Object.fromEntries(descriptions.map((log, index) => [log.name, values[index]!]));
};

export interface Evaluation {
  readonly executor: Executor;
  readonly batches: Batches;
  readonly rows: number;
  readonly logs: readonly LogDescription[];
  readonly throttle: Throttle;
  emit(event: EventDraft): void;
  /** Called between native calls. @returns whether to go on */
  proceed(): Promise<boolean>;
}

/** Keras's evaluate loop. @returns the logs, or null when it was told to stop. */
export const runEvaluation = async (evaluation: Evaluation): Promise<LogValues | null> => {
  const { executor, rows, logs, emit } = evaluation;
  emit({ type: 'test_begin', data: {} });
  tf.dispose(executor.call('resetTestTrackers'));
  const order = tf.tensor1d(inOrder(rows), 'int32');
  try {
    if (!(await runBatches(evaluation, order))) return null;
  } finally {
    order.dispose();
  }
  const result = readLogs(executor, 'testLogs', logs);
  emit({ type: 'test_end', data: { logs: toWireLogs(result) } });
  return result;
};

/** @returns false when it was told to stop */
const runBatches = async (evaluation: Evaluation, order: tf.Tensor1D): Promise<boolean> => {
  const { executor, batches, logs, throttle, emit } = evaluation;
  for (let batch = 0; batch < batches.count;) {
    const ran = batches.run(executor, order, batch, batches.count);
    tf.dispose(ran.outputs);
    batch += ran.batches;
    if (throttle.pass()) {
      const running = toWireLogs(readLogs(executor, 'testLogs', logs));
      emit({ type: 'test_batch_end', data: { batch: batch - 1, logs: running } });
    }
    if (!(await evaluation.proceed())) return false;
  }
  return true;
};
