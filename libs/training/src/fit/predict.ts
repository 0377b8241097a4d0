import type { EventDraft } from '@epochal/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { Trainable } from '../compile/trainable.js';
import type { Samples, SampleTensor } from '../data/samples.js';
import { openExecutor, type Execution } from '../execution/open-executor.js';
import { Batches } from './batches.js';
import type { Request } from './fit-options.js';
import { columnsOf, inOrder } from './rows.js';
import { SECONDS_PER_CALL } from './training-session.js';

export interface PredictOptions {
  readonly trainable: Pick<Trainable, 'weights' | 'predictStep'>;
  readonly samples: Pick<Samples, 'rows' | 'inputs'>;
  readonly batchSize: number;
  readonly host: { emit(event: EventDraft): void; poll(): Promise<Request> };
  readonly execution?: Execution;
}

/** Outputs of one native call: `[batches, batchSize, ...row]` of a loop over full batches. */
const collect = (parts: Float32Array[][], shapes: number[][], outputs: readonly tf.Tensor[]): void =>
  outputs.forEach((output, index) => {
    shapes[index] = output.shape.slice(2);
    (parts[index] ??= []).push(output.dataSync<'float32'>());
  });

const join = (parts: readonly Float32Array[]): Float32Array => {
  const joined = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
};

/** Keras's `Model.predict`: each output for all rows, in their order. @returns null when the host said stop */
export const predict = async (options: PredictOptions): Promise<SampleTensor[] | null> => {
  const { trainable, samples, host } = options;
  const batches = new Batches('rows', samples.rows, options.batchSize, SECONDS_PER_CALL);
  const data = { rows: columnsOf({ ...samples, targets: [], weights: null }) };
  const loops = batches.loops(trainable.predictStep(), 'every');
  const variables = [...trainable.weights.values()];
  const executor = openExecutor({ variables, functions: {}, loops, data }, options.execution);
  tf.dispose(data);
  const order = tf.tensor1d(inOrder(samples.rows), 'int32');
  const parts: Float32Array[][] = [];
  const shapes: number[][] = [];
  try {
    host.emit({ type: 'predict_begin', data: {} });
    for (let batch = 0; batch < batches.count;) {
      const ran = batches.run(executor, order, batch, batches.count);
      collect(parts, shapes, ran.outputs);
      tf.dispose(ran.outputs);
      batch += ran.batches;
      if ((await host.poll()) === 'stop') return null;
    }
    host.emit({ type: 'predict_end', data: {} });
    return parts.map((values, index) => ({ shape: shapes[index]!, values: join(values) }));
  } finally {
    executor.dispose();
    order.dispose();
  }
};
