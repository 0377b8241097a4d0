import type { EventDraft } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { LogValues } from '../callbacks/callback.js';
import type { Trainable } from '../compile/trainable.js';
import type { Samples } from '../data/samples.js';
import { openExecutor, type Execution } from '../execution/open-executor.js';
import { Batches } from './batches.js';
import { runEvaluation } from './evaluation.js';
import type { Request } from './fit-options.js';
import { columnsOf } from './rows.js';
import { Throttle } from './throttle.js';
import { SECONDS_PER_CALL } from './training-session.js';

export interface EvaluateOptions {
  readonly trainable: Trainable;
  readonly samples: Samples;
  readonly batchSize: number;
  /** Least time between two batch events. */
  readonly batchIntervalSeconds: number;
  readonly host: { emit(event: EventDraft): void; poll(): Promise<Request> };
  readonly execution?: Execution;
}

/** Keras's `Model.evaluate`: the logs of the loss and the metrics over all rows. @returns null when the host said stop */
export const evaluate = async (options: EvaluateOptions): Promise<LogValues | null> => {
  const { trainable, samples, host, batchIntervalSeconds } = options;
  const secondsPerCall = Math.min(SECONDS_PER_CALL, batchIntervalSeconds);
  const batches = new Batches('rows', samples.rows, options.batchSize, secondsPerCall);
  const data = { rows: columnsOf(samples) };
  const executor = openExecutor(
    {
      variables: [...trainable.weights.values(), ...trainable.testTrackers.values()],
      functions: { testLogs: trainable.testLogs, resetTestTrackers: trainable.resetTestTrackers },
      loops: batches.loops(trainable.testStep(samples.weights !== null)),
      data,
    },
    options.execution,
  );
  tf.dispose(data);
  try {
    return await runEvaluation({
      executor,
      batches,
      rows: samples.rows,
      logs: trainable.logs,
      throttle: new Throttle(batchIntervalSeconds),
      emit: (event) => host.emit(event),
      proceed: async () => (await host.poll()) !== 'stop',
    });
  } finally {
    executor.dispose();
  }
};
