import * as tf from '@tensorflow/tfjs-core';
import type { Computation, Executor, LoopStep } from './executor.js';

/** Runs every step op by op. Slow, and able to run what cannot be traced. */
export class EagerExecutor implements Executor {
  readonly mode = 'eager';
  readonly #data: Record<string, tf.Tensor[]>;

  constructor(
    private readonly computation: Computation,
    readonly reason: string,
  ) {
    this.#data = Object.fromEntries(
      Object.entries(computation.data).map(([name, columns]) => [
        name,
        columns.map((column) => tf.clone(column)),
      ]),
    );
  }

  call(name: string): tf.Tensor[] {
    return tf.tidy(() => this.computation.functions[name]!([]));
  }

  runLoop(name: string, { order, firstRow = 0, batches }: Parameters<Executor['runLoop']>[1]): tf.Tensor[] {
    const loop = this.computation.loops[name]!;
    return tf.tidy(() => {
      const rows = order instanceof Int32Array ? tf.tensor1d(order, 'int32') : order;
      const outputs: tf.Tensor[][] = [];
      for (let batch = 0; batch < batches; batch++) {
        const start = firstRow + batch * loop.batchSize;
        const result = tf.tidy(() => this.#step(loop, tf.slice(rows, start, loop.batchSize) as tf.Tensor1D));
        if (loop.outputs !== 'every') tf.dispose(outputs.pop());
        outputs.push(result);
      }
      const last = outputs.at(-1) ?? [];
      if (loop.outputs !== 'every') return last;
      return last.map((_, index) => tf.stack(outputs.map((output) => output[index]!)));
    });
  }

  #step(loop: LoopStep, rows: tf.Tensor1D): tf.Tensor[] {
    return loop.step(this.#data[loop.data]!.map((column) => tf.gather(column, rows)));
  }

  read(variables: readonly tf.Variable[]): tf.Tensor[] {
    return variables.map((variable) => tf.clone(variable));
  }

  assign(values: readonly tf.Tensor[], variables: readonly tf.Variable[]): void {
    variables.forEach((variable, index) => variable.assign(values[index]!));
  }

  /** Steps assign the variables themselves. */
  pull(): void {}

  dispose(): void {
    tf.dispose(this.#data);
  }
}
