import * as tf from '@tensorflow/tfjs-core';
import { GraphExecutionError } from '../errors.js';
import type { FunctionNodes, NativeSpec } from '../graph/function-graph.js';
import type { LoopNodes } from '../graph/loop-graph.js';
import type { SessionVariable } from '../graph/session-variable.js';
import type { NativeSession } from '../native/saved-model-session.js';
import type { Recording } from '../tracing/recording.js';
import type { LoopRun } from './contract.js';
import { loopPositions } from './loop-positions.js';
import { checkTensors } from './specs.js';

interface SessionFunction<Nodes> {
  readonly recording: Recording;
  readonly inputs: readonly NativeSpec[];
  readonly nodes: Nodes;
}

interface SessionLoop extends SessionFunction<LoopNodes> {
  readonly definition: { readonly data: string };
  readonly columns: readonly SessionVariable[];
  readonly batchSize: number;
}

export interface SessionParts {
  readonly data: ReadonlyMap<string, readonly SessionVariable[]>;
  readonly functions: ReadonlyMap<string, SessionFunction<FunctionNodes>>;
  readonly loops: ReadonlyMap<string, SessionLoop>;
}

/**
 * A program whose variables and rows live in a TensorFlow session. All calls are synchronous. Tensors that they return are the
 * caller's to dispose of.
 */
export class GraphSession {
  readonly #rows = new Map<string, number>();

  /** Made by `GraphProgram.build`. */
  constructor(
    private readonly session: NativeSession,
    private readonly variables: readonly tf.Variable[],
    private readonly sessionVariables: readonly SessionVariable[],
    private readonly parts: SessionParts,
  ) {
    this.pushVariables();
  }

  /**
   * Runs a function.
   * @param inputs of the traced shapes and types
   * @throws {TypeError} when an input differs from the trace
   * @throws {GraphExecutionError} when TensorFlow fails on the values
   */
  call(name: string, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const { nodes, recording, inputs: specs } = part(this.parts.functions, name, 'function');
    checkTensors(name, inputs, specs);
    const feeds = nodes.placeholders.map((placeholder, index) => [placeholder, inputs[index]!] as const);
    return this.#run(name, feeds, nodes.outputs, recording.outputs.length);
  }

  /**
   * Copies rows into the session, in the place of earlier ones of that name.
   * @param columns one tensor a column, `[rows, ...row]`, all with the same number of rows
   */
  setData(name: string, columns: readonly tf.Tensor[]): void {
    const held = part(this.parts.data, name, 'data');
    checkTensors(name, columns, held);
    const rows = columns[0]?.shape[0] ?? 0;
    const uneven = columns.find(({ shape }) => shape[0] !== rows);
    if (uneven !== undefined) {
      throw new TypeError(
        `${name}: columns have ${rows} and ${String(uneven.shape[0])} rows; they must have the same`,
      );
    }
    this.#assign(held, columns);
    this.#rows.set(name, rows);
  }

  /**
   * Runs a loop over batches in one native call. It can't be interrupted: choose `batches` so that it takes under a second.
   * @returns the last step's outputs, or every step's, as the loop was defined
   * @throws {RangeError} when `order` has too few rows for the batches
   * @throws {GraphExecutionError} when TensorFlow fails on the values, such as a row number out of range. Steps before the
   * failing one are done, and it may have assigned some of its variables already: restore them from a checkpoint
   */
  runLoop(name: string, run: LoopRun): tf.Tensor[] {
    const { nodes, columns, recording, inputs, definition, batchSize } = part(this.parts.loops, name, 'loop');
    const { extraInputs = [] } = run;
    if (!this.#rows.has(definition.data))
      throw new TypeError(`the rows "${definition.data}" are not set; call setData`);
    checkTensors(name, extraInputs, inputs.slice(columns.length));
    const { first, end } = loopPositions(name, run, batchSize);
    if (!(run.order instanceof Int32Array) && run.order.dtype !== 'int32') {
      throw new TypeError(`${name}: order must be int32, not ${run.order.dtype}`);
    }
    const order = run.order instanceof Int32Array ? tf.tensor1d(run.order, 'int32') : run.order;
    const positions = [tf.scalar(first, 'int32'), tf.scalar(end, 'int32')] as const;
    try {
      const feeds: (readonly [string, tf.Tensor])[] = [
        [nodes.order, order],
        [nodes.first, positions[0]],
        [nodes.end, positions[1]],
        ...nodes.extraInputs.map((placeholder, index) => [placeholder, extraInputs[index]!] as const),
      ];
      return this.#run(name, feeds, nodes.outputs, recording.outputs.length);
    } finally {
      tf.dispose([...positions, ...(order === run.order ? [] : [order])]);
    }
  }

  /** The session's present values of these variables; of all, by default. */
  readVariables(which: readonly tf.Variable[] = this.variables): tf.Tensor[] {
    if (which.length === 0) return [];
    return this.session.run(
      [],
      this.#find(which).map(({ present }) => present),
    );
  }

  /** Gives these variables new values in the session; all of them, by default. */
  assignVariables(values: readonly tf.Tensor[], which: readonly tf.Variable[] = this.variables): void {
    const found = this.#find(which);
    checkTensors('assignVariables', values, found);
    this.#assign(found, values);
  }

  /** Assigns the session's values to the TensorFlow.js variables themselves, for checkpoints and eager code. */
  pullVariables(which: readonly tf.Variable[] = this.variables): void {
    const values = this.readVariables(which);
    which.forEach((variable, index) => variable.assign(values[index]!));
    tf.dispose(values);
  }

  /** Assigns the TensorFlow.js variables' values to the session's, after eager code changed them. */
  pushVariables(which: readonly tf.Variable[] = this.variables): void {
    this.assignVariables(which, which);
  }

  /** Closes the session and frees what it holds. */
  dispose(): void {
    this.session.dispose();
  }

  #find(which: readonly tf.Variable[]): SessionVariable[] {
    return which.map((variable) => {
      const index = this.variables.indexOf(variable);
      if (index < 0)
        throw new TypeError(`the variable "${variable.name}" is not among the program's variables`);
      return this.sessionVariables[index]!;
    });
  }

  #assign(held: readonly SessionVariable[], values: readonly tf.Tensor[]): void {
    if (held.length === 0) return;
    const feeds = held.map(({ placeholder }, index) => [placeholder, values[index]!] as const);
    const fetches = held.map(({ assigned }) => assigned);
    tf.dispose(this.session.run(feeds, fetches));
  }

  #run(
    name: string,
    feeds: readonly (readonly [string, tf.Tensor])[],
    fetches: readonly string[],
    outputs: number,
  ): tf.Tensor[] {
    try {
      const results = this.session.run(feeds, fetches);
      // A step without outputs still fetches one value, which tells that it ran.
      tf.dispose(results.slice(outputs));
      return results.slice(0, outputs);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const reason = text
        .replace(/^Session fail to run with error: /, '')
        .replace(/\s*\[\[\{\{node .*$/s, '');
      throw new GraphExecutionError(name, reason, { cause: error });
    }
  }
}

function part<T>(parts: ReadonlyMap<string, T>, name: string, kind: string): T {
  const found = parts.get(name);
  if (found === undefined) throw new TypeError(`the program has no ${kind} "${name}"`);
  return found;
}
