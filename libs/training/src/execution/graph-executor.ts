import { GraphProgram, type GraphSession } from '@epochal/tensorflow';
import type * as tf from '@tensorflow/tfjs-core';
import type { Computation, Executor } from './executor.js';

const rowSpec = ({ shape, dtype }: tf.Tensor) => ({ shape: shape.slice(1), dtype });

/** Runs every step as a TensorFlow graph, many steps in one native call. Variables and rows live in the session. */
export class GraphExecutor implements Executor {
  readonly mode = 'graph';
  readonly reason = null;
  readonly #session: GraphSession;

  /** @throws UntraceableError when a step cannot become a graph */
  constructor(computation: Computation) {
    const program = new GraphProgram(computation.variables);
    for (const [name, columns] of Object.entries(computation.data))
      program.addData(name, columns.map(rowSpec));
    for (const [name, step] of Object.entries(computation.functions)) program.addFunction(name, step, []);
    for (const [name, { step, ...loop }] of Object.entries(computation.loops))
      program.addLoop(name, step, loop);
    this.#session = program.build();
    for (const [name, columns] of Object.entries(computation.data)) this.#session.setData(name, columns);
  }

  call(name: string): tf.Tensor[] {
    return this.#session.call(name, []);
  }

  runLoop(name: string, run: Parameters<Executor['runLoop']>[1]): tf.Tensor[] {
    return this.#session.runLoop(name, run);
  }

  read(variables: readonly tf.Variable[]): tf.Tensor[] {
    return this.#session.readVariables(variables);
  }

  assign(values: readonly tf.Tensor[], variables: readonly tf.Variable[]): void {
    this.#session.assignVariables(values, variables);
  }

  pull(): void {
    this.#session.pullVariables();
  }

  dispose(): void {
    this.#session.dispose();
  }
}
